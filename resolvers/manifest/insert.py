"""Batches of rows inserted at once; what the database refuses is traced to its line."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from asyncpg import UniqueViolationError
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.conflicts import COLUMNS
from resolvers.manifest.errors import ManifestError
from resolvers.manifest.lines import Line, OrgLine
from resolvers.manifest.rows import TABLES, AssetRow, PrincipalRow, ProjectRow, Row, SpaceRow

Made: TypeAlias = tuple[Row, Line | OrgLine]  # a row, and the line that it was made of

# By the unique index that refuses a row: what is wrong with its line.
SAME_NAME = 'a sibling has the name "{line.name}" already'
SAME_GRANT = '"{line.to}" has a grant on "{line.on}" already'
CONFLICTS = {
    "uq_principal_key": 'a {type} with the key "{line.key}" exists already',
    "uq_principal_account": 'another user has the e-mail "{line.email}" already',
    "uq_space_key": 'the space "{line.key}" exists already (key)',
    "uq_space_name": SAME_NAME,
    "uq_project_key": 'the project "{line.key}" exists already in the space "{line.space}" (key)',
    "uq_project_name": SAME_NAME,
    "uq_asset_key": 'the asset "{line.key}" exists already in the project "{line.project}" (key)',
    "uq_asset_name": SAME_NAME,
    "uq_membership_lasting": "one of the members is in the group already",
    "uq_access_grant_space": SAME_GRANT,
    "uq_access_grant_project": SAME_GRANT,
}


# A row may be refused for two reasons, of which each database tells another first. Without its
# value in this column only the reason that we tell is left.
FIRST_REASON: dict[type[Row], str] = {
    PrincipalRow: "key",
    SpaceRow: "folded",
    ProjectRow: "folded",
    AssetRow: "folded",
}


class Inserter:
    """Inserts rows on one connection, in the quickest way that its driver has.

    That is past SQLAlchemy's compiler: tuples, twice as fast as dictionaries, and COPY.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection, dialect = connection, connection.dialect
        self._insert = self._copy if dialect.name == "postgresql" else self._execute
        self._statements = {
            form: str(insert(table).compile(dialect=dialect, column_keys=form._fields))
            for form, table in TABLES.items()
        }

    async def insert(self, made: Sequence[Made]) -> None:
        """Insert all, in the order of their tables; ManifestError for the first line refused."""
        if await self._refusal(made):
            raise await self._mistake(made)

    async def _refusal(self, made: Sequence[Made]) -> str | None:
        """Insert all and return nothing, or insert none and return the database's message."""
        rows: dict[type[Row], list[Row]] = {form: [] for form in TABLES}
        for row, _ in made:
            rows[type(row)].append(row)
        try:
            async with self._connection.begin_nested():
                for form in TABLES:
                    if rows[form]:
                        await self._insert(form, rows[form])
        except (IntegrityError, UniqueViolationError) as error:
            return str(getattr(error, "orig", error)).splitlines()[0]
        return None

    async def _mistake(self, made: Sequence[Made]) -> ManifestError:
        """Find the first line that is refused, by halves; all above it are inserted."""
        while len(made) > 1:
            first, second = made[: len(made) // 2], made[len(made) // 2 :]
            made = first if await self._refusal(first) else second
        ((row, line),) = made
        message = await self._refusal(made) or ""
        if column := FIRST_REASON.get(type(row)):
            without: Any = row
            message = await self._refusal([(without._replace(**{column: ""}), line)]) or message
        return ManifestError(line.number, _conflict(line, message))

    async def _execute(self, form: type[Row], rows: Sequence[Row]) -> None:
        await self._connection.exec_driver_sql(self._statements[form], rows)

    async def _copy(self, form: type[Row], rows: Sequence[Row]) -> None:
        driver: Any = (await self._connection.get_raw_connection()).driver_connection
        table, columns = TABLES[form].name, form._fields
        await driver.copy_records_to_table(table, records=rows, columns=columns)


def _conflict(line: Line | OrgLine, message: str) -> str:
    type_ = type(line).__name__.removesuffix("Line").lower()
    for index, conflict in CONFLICTS.items():
        if index in message or message.endswith(COLUMNS[index]):
            return conflict.format(line=line, type=type_)
    return f"the database refuses it: {message}"
