"""Makes up Orgs for the comparison of the executors, and changes in them."""

from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from tests.factories import Loaded, Manifest, address, asked_as, run

USERS = ("ada", "bo", "cy", "dee")
LEVELS = ("READ", "READ_EXECUTE", "FULL", "OWNER")
PLACES = ("s1", "s2", "s3", "s1/p1", "s2/p2", "s1/shared", "s3/shared", "shared")
CHANGES = 12
PRINCIPALS = ("user:bo", "user:cy", "group:crew", "group:members")


def random_org(random: Random, key: str) -> Manifest:
    """Make an Org of four users (an admin, two members, one deactivated) and random grants."""
    manifest = Manifest(key).user("ada", admin=True).user("bo").user("cy").user("dee", active=False)
    manifest.group("crew", "bo", "dee")
    for number in range(1, 4):
        text = random.choice((None, f"About {number}"))
        manifest.space(f"s{number}", name=f"Zoo {number * 5}", description=text)
        for each in range(1, random.randint(2, 5)):
            path = f"s{number}/p{each}"
            manifest.project(path, name=random.choice(("Site", "site ü")) + f" {each * 4}")
            for asset in range(random.randint(0, 3)):
                kind, text = random.choice(("FILE", "TASK")), random.choice((None, "", "One ü"))
                manifest.asset(f"{path}/a{asset}", kind=kind, text=text)
    manifest.project("s1/p9").project("s2/p9")
    for on in (*PLACES[:3], "s1/p9", "s2/p9", *PLACES[5:]):
        for to in PRINCIPALS:
            if random.random() < 0.3:
                propagate = "/" not in on and on != "shared" and random.random() < 0.6
                manifest.grant(to, random.choice(LEVELS), on=on, propagate=propagate)
    return manifest.asset("shared/rules").asset("s1/shared/notes")


async def change_randomly(engine: AsyncEngine, random: Random, org: Loaded) -> None:
    """Make changes of spaces and projects, of which some are refused and most become events."""
    for number in range(CHANGES):
        name, given = _random_change(random, org, number)
        type_ = f"{name[0].upper()}{name[1:]}Input"
        text = f"mutation($input: {type_}!) {{ {name}(input: $input) {{ revision }} }}"
        credential = Credential(address(random.choice(("ada", "ada", "bo", "cy"))), org.key)
        answer = await run(engine, credential, asked_as(text, {"input": given}), compiles=False)
        assert answer.errors == []


def _random_change(random: Random, org: Loaded, number: int) -> tuple[str, dict[str, Any]]:
    """Make a change of something; the last changes delete, so that much is there until then."""
    spaces = PLACES[:3]
    projects = [path for path in org.nodes if path.count("/") == 1]
    path = random.choice([*spaces, *projects, "shared"])
    noun = "space" if path in spaces else "project"
    if number >= CHANGES - 2:
        return f"{noun}Delete", {"id": org.ids[path]}
    if random.random() < 0.2:
        named = {"key": f"new{number}", "name": f"New {number}"}
        return "projectCreate", {"space": org.ids[random.choice(spaces)], **named}
    if random.random() < 0.5:
        return f"{noun}Rename", {"id": org.ids[path], "name": f"Named {number}"}
    return f"{noun}Update", {"id": org.ids[path], "description": f"Said {number}"}
