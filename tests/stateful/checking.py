"""An answer held to what the model says must come of the mutation."""

from typing import TypeAlias

from auth.levels import Permission
from tests.stateful.asking import Json
from tests.stateful.judging import About, Item
from tests.stateful.model import Deletion, Group, Member, Model, Principal
from tests.stateful.predicting import Outcome, Request, counted, difference, everyones
from tests.stateful.seeing import sight_of

NONE = Permission.NONE.name
Pairs: TypeAlias = dict[tuple[str, str, str], tuple[str, str]]


def check_answer(payload: Json, request: Request, outcome: Outcome) -> None:
    """Assert that a mutation answered what it must; its outcome has ids for all that is new."""
    actor, model = request.actor, outcome.model
    _check_codes(payload["errors"], outcome.codes)
    assert payload["revision"] == outcome.revision
    assert payload.get("undoToken") == _id(outcome.undo)
    if "node" in payload:
        assert payload["node"] == shown(model, actor, outcome.about)
    assert payload.get("plan") is None
    if payload.get("purge") is not None:
        assert (payload["purge"]["deletionId"], payload["purge"]["finishedAt"]) == (
            request.given["id"],
            None,
        )
    _check_items(payload, outcome, model, actor)


def check_plan(payload: Json, request: Request, outcome: Outcome, before: Model) -> None:
    """Assert that a dry run answered what it must, of an Org that is as it was before."""
    _check_codes(payload["errors"], outcome.codes)
    assert (payload["revision"], payload.get("undoToken")) == (None, None)
    if "node" in payload:
        assert payload["node"] == shown(before, request.actor, outcome.about)
    _check_items(payload, outcome, before, request.actor, tried=True)
    plan = payload["plan"]
    if outcome.revision is None:
        assert plan is None
        return
    pairs = difference(everyones(before), everyones(outcome.model))
    told = _told(pairs, request.actor, before, outcome.model)
    counts = counted(told)
    assert plan["redacted"] == (len(told) < len(pairs))
    assert {(c["kind"], c["before"], c["after"]): c["pairs"] for c in plan["counts"]} == counts
    assert plan["gained"] == sum(counts[step] for step in counts if step[1] == NONE)
    assert plan["lost"] == sum(counts[step] for step in counts if step[2] == NONE)
    assert plan["gained"] + plan["lost"] + plan["changed"] == counts.total()
    for first in plan["first"]:
        if first["member"] is not None and first["node"] is not None:
            key = first["member"]["id"], first["kind"], first["node"]["id"]
            assert (first["before"], first["after"]) == told[key]


def _told(pairs: Pairs, actor: str, before: Model, after: Model) -> Pairs:
    """Return the pairs that the actor may be told of: its own, and those of nodes that it owns."""
    if next(one for one in before.members if one.id == actor).admin:
        return pairs
    levels = [*everyones(before).items(), *everyones(after).items()]
    owned = {key[1:] for key, level in levels if key[0] == actor and level is Permission.OWNER}
    return {key: pairs[key] for key in pairs if key[0] == actor or key[1:] in owned}


def shown(model: Model, viewer: str, about: About) -> Json | None:
    """Return how a payload names its node: by its id, if the viewer sees it."""
    member = next(one for one in model.members if one.id == viewer)
    if isinstance(about, Model):
        return {"id": about.id} if member.active else None
    now = next((one for one in model.nodes if about and one.id == about.id), None)
    if isinstance(about, Member | Group):
        there = [one for one in model.principals if one.id == about.id and not _is_gone(one)]
        return {"id": about.id} if there and member.active else None
    if now is None or not sight_of(model, viewer).sees(now.path):
        return None
    return {"id": now.id}


def _is_gone(principal: Principal) -> bool:
    return principal.removed if isinstance(principal, Member) else principal.deleted


def _check_codes(errors: list[Json], codes: tuple[str, ...]) -> None:
    """Assert that there are errors by all of the codes, and by no other."""
    assert {error["code"] for error in errors} == {*codes}, (errors, codes)


def _check_items(
    payload: Json, outcome: Outcome, model: Model, viewer: str, *, tried: bool = False
) -> None:
    if "results" not in payload:
        return
    items: tuple[Item, ...] = outcome.items or ()
    assert [result["givenId"] for result in payload["results"]] == [item.id for item in items]
    for result, item in zip(payload["results"], items, strict=True):
        _check_codes(result["errors"], item.codes)
        assert result["node"] == shown(model, viewer, item.about)
        assert result.get("undoToken") == (None if tried else _id(item.undo))


def _id(deletion: Deletion | None) -> str | None:
    return None if deletion is None else deletion.id
