"""How fast trees are read, on SQLite and on PostgreSQL: `python -m bench.tree`."""

import asyncio
import platform
import random
import statistics
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import httpx2
import orjson
import typer
from pydantic import SecretStr

from auth.authenticate import issue_token
from bench.data import Size
from bench.databases import measured_databases
from server.app import create_app
from server.settings import Settings
from tests.counting import counted

SECRET = "a secret for measuring, of 32 bytes or more"  # noqa: S105 - guards nothing
QUERIES = Path(__file__).parent / "queries"
VIEWERS = {"admin": 1, "member": 2}
SMALL = Size(20, 10, 2)


class Asked(NamedTuple):
    """One query, asked of one database by one viewer, by one executor."""

    database: str
    query: str
    viewer: str
    executor: str


class Server:
    """The application in this process, without a socket, asked as a client would."""

    def __init__(self, url: str, *, compiles: bool) -> None:
        settings = Settings(
            database_url=url, secret=SecretStr(SECRET), compiles=compiles, max_cost=10_000_000
        )
        transport = httpx2.ASGITransport(create_app(settings))
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://bench")

    async def ask(self, text: str, account: int, **variables: object) -> bytes:
        """Return the body of the answer, which must hold no errors."""
        token = issue_token(
            SECRET.encode(), account_id=account, org_id=1, lifetime=timedelta(hours=1)
        )
        response = await self._client.post(
            "/graphql",
            content=orjson.dumps({"query": text, "variables": variables}),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        if b'"errors"' in response.content[:20]:
            raise RuntimeError(response.text[:500])
        return response.content


async def measure(urls: dict[str, str], *, rounds: int) -> dict[Asked, dict[str, Any]]:
    """Ask everything, in another order each round; return milliseconds, statements and bytes."""
    servers = {
        (database, executor): Server(url, compiles=executor == "compiled")
        for database, url in urls.items()
        for executor in ("compiled", "standard")
    }
    texts = {path.stem: path.read_text() for path in sorted(QUERIES.glob("Q*.graphql"))}
    asked = [
        Asked(database, query, viewer, executor)
        for query in texts
        for database, executor in servers
        for viewer in VIEWERS
    ]
    times: defaultdict[Asked, list[float]] = defaultdict(list)
    found: dict[Asked, dict[str, Any]] = {}
    for number in range(rounds + 1):  # the first warms up
        for each in random.sample(asked, len(asked)):
            server, text = servers[each.database, each.executor], texts[each.query]
            account = VIEWERS[each.viewer]
            with counted() as statements:
                space = await _first_space(server, account) if each.query == "Q1" else None
                statements.clear()
                started = time.perf_counter()
                body = await server.ask(text, account, **({"id": space} if space else {}))
                elapsed = (time.perf_counter() - started) * 1000
            if number:
                times[each].append(elapsed)
            found[each] = {"statements": len(statements), "bytes": len(body)}
    return {
        each: found[each] | {"median": statistics.median(values), "worst": max(values)}
        for each, values in times.items()
    }


async def _first_space(server: Server, account: int) -> str:
    body = await server.ask("{ org { spaces(first: 1) { nodes { id } } } }", account)
    return str(orjson.loads(body)["data"]["org"]["spaces"]["nodes"][0]["id"])


async def page_through(url: str) -> tuple[int, float]:
    """Read all projects of the Org as its admin, by 1,000; return their number and the seconds."""
    server, text = Server(url, compiles=True), (QUERIES / "paged.graphql").read_text()
    started, rows, after = time.perf_counter(), 0, None
    while True:
        page = orjson.loads(await server.ask(text, VIEWERS["admin"], after=after))
        projects = page["data"]["org"]["projects"]
        rows += len(projects["nodes"])
        if not projects["pageInfo"]["hasNextPage"]:
            return rows, time.perf_counter() - started
        after = projects["pageInfo"]["endCursor"]


def main(
    rounds: Annotated[int, typer.Option(help="how often each is asked")] = 7,
    *,
    small: Annotated[bool, typer.Option(help="a tiny Org, to see that it runs")] = False,
) -> None:
    """Print medians in milliseconds, the SQL statements and the bytes of each query."""
    size = SMALL if small else Size()
    print(f"{size} on {platform.machine()}, Python {platform.python_version()}, {_today()}\n")
    with measured_databases(size) as urls:
        found = asyncio.run(measure(urls, rounds=rounds))
        print("| query | database | viewer | compiled | standard | ratio | SQL | bytes |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for each, one in sorted(found.items()):
            if each.executor == "compiled":
                print(_row(each, one, found[each._replace(executor="standard")]))
        print()
        for database, url in urls.items():
            rows, seconds = asyncio.run(page_through(url))
            speed = f"{seconds:.1f} s, {rows / seconds:,.0f} a second"
            print(f"{database}: {rows:,} projects by 1,000 in {speed}")


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _row(asked: Asked, compiled: dict[str, Any], standard: dict[str, Any]) -> str:
    ratio = standard["median"] / compiled["median"]
    times = f"{compiled['median']:.1f} | {standard['median']:.1f} | {ratio:.1f}"
    numbers = f"{compiled['statements']} | {compiled['bytes']:,}"
    return f"| {asked.query} | {asked.database} | {asked.viewer} | {times} | {numbers} |"


if __name__ == "__main__":
    typer.run(main)
