"""No statement reaches a tenant's table without its Org, whatever form the statement takes."""

from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Executable,
    and_,
    bindparam,
    column,
    delete,
    event,
    exists,
    func,
    insert,
    literal,
    select,
    table,
    tablesample,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import open_engine
from db.models import ACCOUNT, ASSET, ORG, PROJECT, SPACE, Event, Project, Space
from db.tenancy import TENANT_TABLES, TenancyError, check_statement

ORG_ID = bindparam("org_id", 1, BigInteger())
S, P = SPACE.alias("s"), PROJECT.alias("p")
IN_ORG = S.c.org_id == ORG_ID
LIES = P.c.space_id == S.c.id
SAME_ORG = P.c.org_id == S.c.org_id
ROWS = select(S.c.id).where(IN_ORG).subquery("rows")
LATERAL = select(P.c.id).where(LIES).lateral("page")
VALUES = dict.fromkeys(("key", "name", "folded", "sort"), "core")
TIMES = {"created_at": 0, "updated_at": 0}

REFUSED: dict[str, Executable] = {
    "a select": select(SPACE.c.id),
    "a select by id": select(SPACE.c.id).where(SPACE.c.id == 1),
    "an alias": select(S.c.id),
    "a model": select(Space),
    "a column of a model": select(Space.id).where(Space.id == 1),
    "a count": select(func.count()).select_from(SPACE),
    "org_id compared otherwise": select(S.c.id).where(S.c.org_id > 0),
    "org_id compared with itself": select(S.c.id).where(S.c.org_id == S.c.org_id),
    "org_id only selected": select(S.c.org_id),
    "another column called so": select(S.c.id, literal(1).label("org_id")).where(S.c.id == ORG_ID),
    "the other table of a join": select(S.c.id).select_from(S.join(P, LIES)).where(IN_ORG),
    "the other table of an outer join": select(S.c.id)
    .select_from(S.outerjoin(P, LIES))
    .where(IN_ORG),
    "a join by org_id to no Org": select(S.c.id).select_from(S.join(P, and_(LIES, SAME_ORG))),
    "a second table": select(S.c.id).where(IN_ORG, LIES),
    "a second alias of one table": select(S.c.id).where(IN_ORG, SPACE.c.id == S.c.id),
    "a subquery to read from": select(select(P.c.id).subquery().c.id),
    "a subquery in a condition": select(S.c.id).where(IN_ORG, S.c.id.in_(select(P.c.space_id))),
    "a subquery as a column": select(S.c.id, select(func.max(P.c.id)).scalar_subquery()).where(
        IN_ORG
    ),
    "a common table": select(select(P.c.id).cte().c.id),
    "an exists": select(S.c.id).where(IN_ORG, exists().where(LIES)),
    "a lateral": select(S.c.id, LATERAL.c.id).select_from(S.join(LATERAL, true())).where(IN_ORG),
    "half of a union": union_all(select(S.c.id).where(IN_ORG), select(P.c.id)),
    "a sample": select(tablesample(SPACE, 10).c.id),
    "a table by its name": select(column("id", BigInteger())).select_from(table("space")),
    "a table in a piece of text": select(text("id")).select_from(text("space")).where(text("true")),
    "an update": update(SPACE).values(name="x"),
    "an update by id": update(SPACE).where(SPACE.c.id == 1).values(name="x"),
    "an update of a model": update(Space).values(name="x"),
    "an update by another table": update(SPACE)
    .where(SPACE.c.org_id == ORG_ID, SPACE.c.id == P.c.space_id)
    .values(name="x"),
    "an update from another table": update(SPACE)
    .where(SPACE.c.org_id == ORG_ID)
    .values(name=select(P.c.name).limit(1).scalar_subquery()),
    "a delete": delete(SPACE),
    "a delete by id": delete(SPACE).where(SPACE.c.id == 1),
    "a delete by a subquery": delete(SPACE).where(
        SPACE.c.org_id == ORG_ID, SPACE.c.id.in_(select(P.c.space_id))
    ),
    "an insert from a select": insert(ACCOUNT).from_select(["name"], select(P.c.name)),
    "an insert from its own table": insert(SPACE).from_select(
        ["org_id", "id"], select(SPACE.c.org_id, SPACE.c.id)
    ),
    "an insert of what a subquery finds": insert(ACCOUNT).values(
        name=select(P.c.name).limit(1).scalar_subquery(), created_at=0
    ),
    "an order by another table": select(ACCOUNT.c.id).order_by(P.c.id),
    "a join by the method": select(S.c.id).join(P, LIES).where(IN_ORG),
    "a join of models": select(Space.id).join(Project, Project.space_id == Space.id),
    "text": text("SELECT id FROM space"),
    "text of a join": text("SELECT 1 FROM org JOIN project ON true"),
    "text of a list of tables": text("SELECT 1 FROM org AS o, account a, project"),
    "text with the schema": text("SELECT 1 FROM public.space"),
    "text in quotes": text('SELECT 1 FROM "space"'),
    "text in lines": text("select 1\nfrom\n  access_grant"),
    "text that updates": text("UPDATE asset SET name = 'x'"),
    "text that deletes": text("DELETE FROM event"),
    "text that inserts": text("INSERT INTO event (revision) VALUES (1)"),
}
PASSED: dict[str, Executable] = {
    "a select": select(S.c.id).where(IN_ORG),
    "the other way round": select(S.c.id).where(literal(1) == S.c.org_id),
    "a number": select(S.c.id).where(S.c.org_id == 1),
    "a model": select(Space.id, Space.name).where(Space.org_id == 1),
    "a join": select(S.c.id).select_from(S.join(P, and_(LIES, SAME_ORG))).where(IN_ORG),
    "a join of three": select(S.c.id)
    .select_from(S.join(P, SAME_ORG).join(ASSET, ASSET.c.org_id == P.c.org_id))
    .where(IN_ORG),
    "a join by the method": select(S.c.id).join(P, and_(LIES, SAME_ORG)).where(IN_ORG),
    "a join of models": select(Space.id)
    .join(Project, and_(Project.space_id == Space.id, Project.org_id == Space.org_id))
    .where(Space.org_id == 1),
    "a join with the Org": select(S.c.id).select_from(ORG.join(S, S.c.org_id == ORG.c.id)),
    "a subquery to read from": select(ROWS.c.id),
    "a table that follows a subquery": select(P.c.id).where(
        P.c.org_id == select(S.c.org_id, S.c.id).where(IN_ORG).subquery().c.org_id
    ),
    "an exists": select(S.c.id).where(
        IN_ORG, exists().where(P.c.org_id == ORG_ID, LIES).correlate(S)
    ),
    "an in": select(S.c.id).where(
        IN_ORG, S.c.id.in_(select(P.c.space_id).where(P.c.org_id == ORG_ID))
    ),
    "a union": union_all(select(S.c.id).where(IN_ORG), select(P.c.id).where(P.c.org_id == ORG_ID)),
    "a table of no tenant": select(ACCOUNT.c.id),
    "the Org": select(ORG.c.id),
    "an insert": insert(SPACE).values(org_id=1, id=2, **VALUES, **TIMES),
    "an insert from a select": insert(ACCOUNT).from_select(
        ["name", "created_at"], select(P.c.name, P.c.created_at).where(P.c.org_id == ORG_ID)
    ),
    "an update": update(SPACE).where(SPACE.c.org_id == 1).values(name="x"),
    "an update of the Org": update(ORG).where(ORG.c.id == 1).values(name="x"),
    "a delete": delete(SPACE).where(SPACE.c.org_id == 1, SPACE.c.id == 7),
    "a delete of a model": delete(Event).where(Event.org_id == 1, Event.revision == 7),
    "text": text("SELECT id FROM space WHERE org_id = 1"),
    "text of other tables": text("SELECT name FROM account"),
    "text with a column called like a table": text("SELECT name AS space FROM account"),
    "text in a condition": select(S.c.id).where(IN_ORG, text("s.id = 1")),
}


def by_name(statements: dict[str, Executable]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("statement", statements.values(), ids=statements)


@by_name(REFUSED)
async def test_a_statement_that_reaches_other_orgs_is_refused(
    connection: AsyncConnection, statement: Executable
) -> None:
    with pytest.raises(TenancyError, match=r"^(The statement|SQL text) touches \w+ without"):
        await connection.execute(statement)


@by_name(PASSED)
async def test_a_statement_within_an_org_runs(
    connection: AsyncConnection, statement: Executable
) -> None:
    await connection.execute(statement)


@pytest.mark.parametrize("table", sorted(TENANT_TABLES))
async def test_every_tenant_table_is_guarded(connection: AsyncConnection, table: str) -> None:
    with pytest.raises(TenancyError, match=table):
        await connection.execute(select(TENANT_TABLES[table]))
    with pytest.raises(TenancyError, match=f"^SQL text touches {table} without org_id"):
        await connection.exec_driver_sql(f"SELECT * FROM {table}")
    assert (await connection.execute(text(f"SELECT * FROM {table} WHERE org_id = 0"))).all() == []


async def test_many_rows_go_in_by_one_statement(connection: AsyncConnection) -> None:
    rows = [{"org_id": 1, "id": id_, "key": f"{id_}", "folded": f"{id_}"} for id_ in range(2, 9)]
    await connection.execute(insert(SPACE), [{**VALUES, **TIMES, **row} for row in rows])
    within = select(S.c.id).where(IN_ORG).order_by(S.c.id)
    assert list(await connection.scalars(within)) == [2, 3, 4, 5, 6, 7, 8]


async def test_what_is_refused_is_never_sent(connection: AsyncConnection) -> None:
    with pytest.raises(TenancyError):
        await connection.execute(delete(ORG.metadata.tables["event"]))
    await connection.execute(select(ORG.c.id))  # PostgreSQL would refuse it after a failure


async def test_a_lateral_within_an_org_runs(postgresql_url: str) -> None:
    page = select(P.c.id).where(LIES, P.c.org_id == ORG_ID).lateral("page")
    engine = open_engine(postgresql_url)
    async with engine.connect() as connection:
        joined = S.join(page, true())
        await connection.execute(select(S.c.id, page.c.id).select_from(joined).where(IN_ORG))
    await engine.dispose()


async def test_a_compiled_form_is_looked_at_once(connection: AsyncConnection) -> None:
    looked_at: list[str] = []

    def note(*arguments: Any) -> None:
        looked_at.append("checked" if marked(arguments) else "new")

    def marked(arguments: Any) -> bool:
        return hasattr(arguments[4].compiled, "tenancy_checked")

    event.listen(connection.sync_connection, "before_cursor_execute", note, insert=True)
    for value in (1, 2, 3):
        within = select(SPACE.c.id).where(SPACE.c.org_id == value, SPACE.c.name == "once")
        await connection.execute(within)
    assert looked_at == ["new", "checked", "checked"]


def test_the_error_names_the_table() -> None:
    with pytest.raises(TenancyError) as refused:
        check_statement(select(S.c.id))
    assert str(refused.value) == "The statement touches space without its org_id."
