"""What is new gets the ids that the server gave it: new rows come in the order of the model's."""

from collections.abc import Sequence
from typing import Any

from db import ids
from db.ids import public_id
from db.models import ASSET, DELETION, PRINCIPAL, PROJECT, SPACE
from tests.stateful.asking import World
from tests.stateful.beginning import number
from tests.stateful.model import Model
from tests.stateful.predicting import Outcome


def bind(world: World, outcome: Outcome) -> None:
    """Give ids to all that has none yet."""
    model, names = outcome.model, dict[str, str]()
    members, groups = PRINCIPAL.c.kind == "MEMBER", PRINCIPAL.c.kind == "GROUP"
    names |= _bind(world, model, (SPACE, ids.SPACE), model.spaces)
    names |= _bind(world, model, (PROJECT, ids.PROJECT), model.projects)
    names |= _bind(world, model, (ASSET, ids.ASSET), model.assets)
    names |= _bind(world, model, (DELETION, ids.DELETION), model.deletions)
    names |= _bind(world, model, (PRINCIPAL, ids.GROUP), model.groups, groups)
    names |= _bind(world, model, (PRINCIPAL, ids.MEMBER), model.members, members)
    named = [(one.about, one.undo) for one in outcome.items or ()]
    for both in ((outcome.about, outcome.undo), *named):
        for thing in both:
            if thing is not None:  # it may be of a model on the way to the outcome's
                thing.id = names.get(thing.id, thing.id)
    for member in model.members:
        if member.account == 0:
            member.account = world.account_of(number(model.id), number(member.id))


def _bind(
    world: World, model: Model, of: tuple[Any, str], things: Sequence[Any], *where: Any
) -> dict[str, str]:
    new = [thing for thing in things if thing.id.startswith("new-")]
    if not new:
        return {}
    table, type_ = of
    last = max((number(one.id) for one in things if one not in new), default=0)
    org_id = number(model.id)
    found = world.ids_after(table, org_id, last, *where)
    names = {thing.id: public_id(type_, org_id, id_) for thing, id_ in zip(new, found, strict=True)}
    for thing in new:
        thing.id = names[thing.id]
    return names
