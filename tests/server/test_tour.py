"""The README's tour works as it is written, on the demo."""

import re
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from resolvers.manifest.load import load_manifest
from server.demo import ADMIN, DEMO_ORG, demo_lines
from tests.factories import address, asked_as, content, run

README = Path(__file__).parents[2] / "README.md"


def steps() -> list[str]:
    """Return the operations of the tour."""
    text = README.read_text(encoding="utf-8")
    tour = text.partition("## A tour")[2].partition("\n## ")[0]
    return re.findall(r"```graphql\n(.*?)```", tour, re.DOTALL)


async def test_the_tour_leads_where_it_says(engine: AsyncEngine) -> None:
    await load_manifest(engine, demo_lines())
    known: dict[str, str] = {}

    async def ask(text: str) -> Any:
        for word, value in known.items():
            text = text.replace(f'"{word}"', f'"{value}"')
        credential = Credential(address(ADMIN.key), DEMO_ORG)
        answer = await run(engine, credential, asked_as(text), compiles=True)
        found = orjson.loads(content(answer))
        assert found["errors"] == []
        return found["data"]

    space, project, principals, tried, granted, why, delete, binned, restore = steps()
    known["SPACE"] = (await ask(space))["spaceCreate"]["node"]["id"]
    known["PROJECT"] = (await ask(project))["projectCreate"]["node"]["id"]
    org = (await ask(principals))["org"]
    known["GROUP"] = org["groups"]["nodes"][0]["id"]
    known["MEMBER"] = org["users"]["nodes"][0]["id"]
    plan = (await ask(tried))["grantSet"]["plan"]
    assert (plan["gained"], plan["lost"]) == (4, 0)
    grants = (await ask(granted))["grantSet"]["node"]["grants"]["nodes"]
    assert grants == [{"principal": {"name": "Contractors"}, "level": "FULL", "propagate": True}]
    found = (await ask(why))["node"]
    assert (found["access"]["level"], found["access"]["reachedBy"][0]["level"]) == ("FULL", "FULL")
    assert next(way["othersAffected"] for way in found["access"]["ways"]) == 0
    assert found["whoHasAccess"]["totalCount"] == 4
    known["UNDO"] = (await ask(delete))["spaceDelete"]["undoToken"]
    assert (await ask(binned))["org"]["recycleBin"]["nodes"][0]["hides"]["projects"] == 2
    assert (await ask(restore))["restore"]["node"]["id"] == known["SPACE"]
