"""The cells of a comparison: who asks what, of which server on which database."""

import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import orjson

from bench.databases import Database
from bench.drawing import drawn_assets
from bench.questions import (
    MEASURED,
    Variable,
    argument_of,
    first_space,
    to_floor,
    to_freehold,
)
from bench.subjects import SERVERS, Subject

VIEWERS = ("admin", "member")
IDS: Mapping[str, Callable[[Subject, str], Variable]] = {"Q1": first_space, "Q6": drawn_assets}


class Cell(NamedTuple):
    """One query, asked by one viewer of one server on one database."""

    database: Database
    query: str
    viewer: str
    server: str


class Comparison:
    """Servers that were started, and what each of them is asked."""

    def __init__(self, subjects: Mapping[tuple[Database, str], Subject]) -> None:
        self.subjects = subjects
        self.databases = tuple(dict.fromkeys(database for database, _ in subjects))
        self._ids = {
            (query, database, viewer): found(subjects[database, "compiled"], viewer)
            for query, found in IDS.items()
            for database, viewer in product(self.databases, VIEWERS)
        }
        self._requests = {cell: self._request(cell) for cell in self.cells()}

    def cells(self, servers: Sequence[str] = SERVERS) -> list[Cell]:
        """Return all cells of these servers."""
        return [Cell(*each) for each in product(self.databases, MEASURED, VIEWERS, servers)]

    def variables(self, cell: Cell) -> Mapping[str, Variable]:
        """Return the query's variables.

        Q1's is the first space that the viewer sees, Q6's are assets all over what it sees.
        """
        found = self._ids.get((cell.query, cell.database, cell.viewer))
        if found is None:
            return {}
        return {"id" if isinstance(found, str) else "ids": found}

    def asked(self, cell: Cell) -> tuple[Subject, bytes]:
        """Return which server a cell asks, and the request."""
        return self.subjects[cell.database, cell.server], self._requests[cell]

    def ask(self, cell: Cell) -> bytes:
        """Return the body of the answer."""
        subject, request = self.asked(cell)
        return subject.ask(request)

    def check(self) -> dict[Cell, int]:
        """Return the bytes of each answer of the compiled executor.

        The program ends at the first cell in which the servers' data differ.
        """
        return {cell: self._checked(cell) for cell in self.cells(["compiled"])}

    def _checked(self, cell: Cell) -> int:
        bodies = {server: self.ask(cell._replace(server=server)) for server in SERVERS}
        data = {server: orjson.loads(body)["data"] for server, body in bodies.items()}
        for server in SERVERS:
            if data[server] != data[cell.server]:
                where = f"{cell.query} of {cell.viewer} on {cell.database}"
                texts = f"{str(data[server])[:300]}\n{str(data[cell.server])[:300]}"
                sys.exit(f"{server} and {cell.server} differ in {where}:\n{texts}")
        return len(bodies[cell.server])

    def _request(self, cell: Cell) -> bytes:
        variables = self.variables(cell)
        if cell.server == "floor":
            return to_floor(cell.query, cell.viewer, *map(argument_of, variables.values()))
        return to_freehold(cell.query, cell.viewer, **variables)
