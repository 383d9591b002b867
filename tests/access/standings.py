"""An Org with somebody of each standing at a node, whom the rows of the access matrix ask as."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import orjson
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from auth.credential import Credential
from db.engine import change
from db.ids import parse_id
from db.models import DELETION
from schema.asked import Answer
from tests.access.storing import node_id
from tests.factories import Loaded, Manifest, address, ask, asked_as, content, load, run

Json: TypeAlias = Mapping[str, Any]

# The standings, and the user who has each: nobody has no account, and other is of another Org.
USERS = {
    "nobody": "nobody",
    "other Org": "other",
    "no grant": "none",
    "READ": "read",
    "READ_EXECUTE": "execute",
    "FULL": "full",
    "OWNER": "owner",
    "space OWNER": "keeper",
    "admin": "admin",
    "revoked": "revoked",
    "deactivated": "gone",
}
OTHER_ORG = "other Org"
# What users hold at the node; what revoked holds is revoked later, and gone is deactivated.
HELD = {
    "read": "READ",
    "execute": "READ_EXECUTE",
    "full": "FULL",
    "owner": "OWNER",
    "revoked": "OWNER",
    "gone": "OWNER",
}
DELETERS = ("guest", "admin", "none", "keeper", *HELD)
NAMED = re.compile(r"\$([\w:/-]+)")
ELSEWHERE = Manifest("other").user("other", admin=True).space("core").project("core/site")


@dataclass(frozen=True)
class Scene:
    """Where somebody of each standing is: at a node of the Org, and with a level on others too.

    With a `bin`, everybody has deleted an asset of core/site.
    """

    at: str
    also: tuple[tuple[str, str], ...] = ()
    bin: bool = False

    @property
    def space(self) -> str:
        """Return the space that the standing `space OWNER` owns."""
        return "core" if self.at == "shared" else self.at.partition("/")[0]

    def manifest(self, key: str) -> Manifest:
        """Return the Org: guest and mate are in crew, and guest owns lab/bench."""
        made = Manifest(key).user("admin", admin=True).user("none").user("keeper")
        for user in HELD:
            made.user(user, active=user != "gone")
        made.user("away", active=False).user("guest").user("mate").group("crew", "guest", "mate")
        made.space("core").space("lab")
        for project in ("core/site", "core/docs", "lab/bench"):
            made.project(project)
        for asset in ("core/site/home", "core/site/blog", "core/docs/plan", "shared/logo"):
            made.asset(asset, text="Welcome")
        for user in DELETERS if self.bin else ():
            made.asset(f"core/site/of-{user}")
        made.grant("user:guest", "READ_EXECUTE", on="core/site")
        made.grant("group:crew", "READ", on="core/site")
        made.grant("user:guest", "OWNER", on="lab/bench")
        return self._granted(made)

    def _granted(self, made: Manifest) -> Manifest:
        made.grant("user:keeper", "OWNER", on=self.space, propagate=True)
        for user, level in HELD.items():
            made.grant(f"user:{user}", level, on=self.at)
        for node, level in self.also:
            for user in ("keeper", *HELD):
                made.grant(f"user:{user}", level, on=node)
        return made


@dataclass(frozen=True)
class Stage:
    """A stored Org with somebody of each standing."""

    engine: AsyncEngine
    org: Loaded

    def named(self, text: str, standing: str) -> str:
        """Return the text with the id of each node that `$core/site` or the like names.

        The asker is `$user:own`, and what it has deleted `$bin:own`.
        """
        user = USERS[standing]
        if f"user:{user}" not in self.org.ids:  # nobody, and who is of another Org
            user = "admin"
        text = text.replace(":own", f":{user}")
        return NAMED.sub(lambda match: self._id(match[1]), text)

    def given(self, value: Any, standing: str) -> Any:
        """Return an input with the ids of the nodes that it names."""
        if isinstance(value, dict):
            found: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
            return {name: self.given(each, standing) for name, each in found.items()}
        if isinstance(value, list):
            return [self.given(each, standing) for each in value]  # pyright: ignore[reportUnknownVariableType]
        return self.named(value, standing) if isinstance(value, str) else value

    def name(self, leaf: Any) -> Any:
        """Return the name of the node whose id this is, `another` of another Org's; or else it."""
        paths = {self.org.id: "org", **{id_: path for path, id_ in self.org.ids.items()}}
        another = isinstance(leaf, str) and parse_id(leaf) is not None
        return paths.get(leaf, "another" if another else leaf)

    def _credential(self, standing: str) -> Credential:
        org = "other" if standing == OTHER_ORG else self.org.key
        return Credential(address(USERS[standing]), org)

    async def mutate(self, standing: str, name: str, given: Json, payload: str) -> Any:
        """Return a mutation's data, or what its errors say; `payload` is what is selected of it."""
        of_type = f"{name[0].upper()}{name[1:]}Input!"
        text = f"mutation($input: {of_type}) {{ {name}(input: $input) {{ {payload} }} }}"
        asked = asked_as(text, {"input": self.given(given, standing)})
        return _told(await run(self.engine, self._credential(standing), asked, compiles=True))

    async def ask(self, standing: str, text: str) -> Any:
        """Return the data of what changes nothing, or what its errors say.

        Both executors run it, and must agree.
        """
        org = "other" if standing == OTHER_ORG else self.org.key
        return _told(await ask(self.engine, USERS[standing], org, self.named(text, standing)))

    def _id(self, name: str) -> str:
        return self.org.id if name == "org" else self.org.ids[name]


def _told(answer: Answer) -> Any:
    if answer.errors:
        return {"errors": [error.extensions for error in answer.errors]}
    return orjson.loads(content(answer))["data"]


async def staged(engine: AsyncEngine, scene: Scene, key: str) -> Stage:
    """Store an Org in which nothing was granted or revoked yet: revoked holds its grant still."""
    org = await load(engine, scene.manifest(key))
    stage = Stage(engine, org)
    return Stage(engine, await _binned(stage)) if scene.bin else stage


async def _binned(stage: Stage) -> Loaded:
    """Put everybody's asset into the recycle bin, as if each had deleted its own."""
    assets = [f"$core/site/of-{user}" for user in DELETERS]
    made = await stage.mutate("admin", "assetsDelete", {"ids": assets}, "results { undoToken }")
    tokens = [result["undoToken"] for result in made["assetsDelete"]["results"]]
    deletions = {f"bin:{user}": token for user, token in zip(DELETERS, tokens, strict=True)}
    org = replace(stage.org, ids={**stage.org.ids, **deletions})
    async with change(stage.engine) as connection:
        for user in DELETERS:
            deletion, member = node_id(org, f"bin:{user}"), node_id(org, f"user:{user}")
            here = (DELETION.c.org_id == org.org_id, DELETION.c.id == deletion.id)
            await connection.execute(update(DELETION).where(*here).values(by_id=member.id))
    return org


async def lived_in(engine: AsyncEngine, scene: Scene, key: str) -> Stage:
    """Store an Org in which admin has changed something: revoked's grant has ended."""
    stage = await staged(engine, scene, key)
    text = {"mediaType": "text/plain", "text": "Hello"}
    changes: Mapping[str, Json] = {
        "assetUpdate": {"id": "$core/site/home", "content": text},
        "memberUpdate": {"id": "$user:guest", "name": "guest"},
        "groupRename": {"id": "$group:crew", "name": "crew"},
        "grantRevoke": {"node": f"${scene.at}", "principal": "$user:revoked"},
    }
    for name, given in changes.items():
        answer = await stage.mutate("admin", name, given, "errors { code }")
        assert answer == {name: {"errors": []}}
    return stage
