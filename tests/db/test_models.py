"""What every table has in common: the Org leads it, and its indexes say what they are for."""

import re

import pytest
from sqlalchemy import ForeignKeyConstraint, String, Table

from db.base import Base
from db.urls import database_url

TABLES = Base.metadata.tables
KEYS = [
    *(["org_id", "id"], ["org_id", "revision"]),
    *(["org_id", "object_id", "revision"], ["org_id", "member_id", "key"]),
]
WITHOUT_AN_ORG = {"account", "org", "duty", "installation"}
TENANT_TABLES = sorted(set(TABLES) - WITHOUT_AN_ORG)
POSTGRESQL = database_url("postgresql://").get_dialect()()
COMPARED_FOR_EQUALITY = {"principal.kind", "event.object_id", "event.actor"}
LONGEST_NAME = 63  # PostgreSQL cuts longer ones


@pytest.mark.parametrize("name", TENANT_TABLES)
def test_a_tenant_tables_primary_key_starts_with_its_org(name: str) -> None:
    columns = [column.name for column in TABLES[name].primary_key]
    assert columns in KEYS
    assert TABLES[name].c.keys()[0] == "org_id"


@pytest.mark.parametrize("name", TENANT_TABLES)
def test_a_tenant_tables_indexes_start_with_its_org(name: str) -> None:
    firsts = {index.name: index.columns[0].name for index in TABLES[name].indexes}
    assert set(firsts.values()) <= {"org_id"}


@pytest.mark.parametrize("name", TENANT_TABLES)
def test_a_tenant_table_refers_to_rows_of_its_own_org_alone(name: str) -> None:
    references = [c for c in TABLES[name].constraints if isinstance(c, ForeignKeyConstraint)]
    targets = {one: one.referred_table.name for one in references}
    for reference, target in targets.items():
        columns = [element.target_fullname for element in reference.elements]
        if target not in WITHOUT_AN_ORG:
            assert reference.column_keys[0] == "org_id"
            number = "revision" if target == "event" else "id"
            assert columns == [f"{target}.org_id", f"{target}.{number}"]
    assert "org" in targets.values()


def test_only_what_all_orgs_share_is_of_no_org() -> None:
    assert {name for name, table in TABLES.items() if "org_id" not in table.c} == WITHOUT_AN_ORG


def names(table: Table) -> list[str]:
    return [str(one.name) for one in table.indexes] + [str(one.name) for one in table.constraints]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_names_say_their_kind_and_their_table(name: str) -> None:
    form = re.compile(rf"pk_{name}|(ix|uq|fk|ck)_{name}_[a-z_]+")
    assert [found for found in names(TABLES[name]) if not form.fullmatch(found)] == []


def test_no_name_is_used_twice_or_is_too_long() -> None:
    found = [*TABLES, *(name for table in TABLES.values() for name in names(table))]
    assert sorted(set(found)) == sorted(found)
    assert [name for name in found if len(name) > LONGEST_NAME] == []


@pytest.mark.parametrize("name", sorted(TABLES))
def test_text_that_is_ordered_is_compared_byte_by_byte(name: str) -> None:
    indexed = {column for index in TABLES[name].indexes for column in index.columns}
    texts = {str(column): column.type for column in indexed if isinstance(column.type, String)}
    texts = {column: texts[column] for column in texts.keys() - COMPARED_FOR_EQUALITY}
    forms = {column: type_.compile(POSTGRESQL) for column, type_ in texts.items()}
    assert forms == dict.fromkeys(texts, 'TEXT COLLATE "C"')
