"""What clients were told, held to what is stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from tests.durability.asking import Api, Asked, Ledger
from tests.durability.clients import lasting
from tests.durability.orgs import CLIENTS, COUNTERS
from tests.durability.storage import Stored, number_of
from tests.factories import Loaded

BY_READING = {"NOT_FOUND", "FORBIDDEN", "PLAN_OUTDATED"}
LETS_IN = ("grantSet", "groupMembersAdd")


def check_acknowledged(stored: Stored, ledger: Ledger) -> None:
    """What was acknowledged is what the log tells of, and its answer is remembered, once."""
    made = Counter(event.key for event in stored.events if event.key)
    last = {event.key: event.revision for event in stored.events if event.key}
    accepted = ledger.accepted
    assert last == {key: payload["revision"] for key, (_, payload) in accepted.items()}
    assert made == Counter({key: changes(payload) for key, (_, payload) in accepted.items()})
    kept = {row.key: orjson.loads(row.content)["revision"] for row in stored.answers}
    told = {asked.key: payload["revision"] for asked, payload in ledger.answers}
    lasts = {asked.key for asked, payload in ledger.answers if is_kept(payload)}
    assert kept.items() <= told.items()
    assert lasts <= kept.keys()


def is_kept(payload: Mapping[str, Any]) -> bool:
    """Return whether an answer is remembered for sure: a refusal by reading alone isn't."""
    results = payload.get("results") or ()
    errors = [*payload["errors"], *(error for each in results for error in each["errors"])]
    return bool(payload["revision"]) or not {error.get("code") for error in errors} <= BY_READING


def changes(payload: Mapping[str, Any]) -> int:
    """Return how many changes an answer acknowledges."""
    results = payload.get("results")
    if results is None:
        return 1 if payload["revision"] else 0
    return sum(not each["errors"] for each in results)


def check_counters(stored: Stored, ledger: Ledger, org: Loaded) -> None:
    """A counter is at the number of times that it was counted up and acknowledged."""
    counted = Counter(
        asked.given["id"] for asked, _ in ledger.accepted.values() if asked.name == "assetUpdate"
    )
    newest = {row.asset_id: row.text for row in stored.rows["asset_version"]}
    for path in COUNTERS:
        assert newest[number_of(org.ids[path])] == str(counted[org.ids[path]])


def check_guests(ledger: Ledger) -> None:
    """A guest wrote only between being let in and being let out, as the revisions tell."""
    made = sorted(ledger.accepted.values(), key=lambda one: one[1]["revision"])
    holds = dict.fromkeys(map(str, range(CLIENTS)), True)
    for asked, payload in made:
        client = asked.key.partition("-")[0]
        if asked.user == "ada":
            holds[client] = asked.name in LETS_IN
        elif asked.user.startswith("guest"):
            assert holds[client], (asked, payload)


def check_told(stored: Stored, ledger: Ledger, org: Loaded) -> None:
    """All of these."""
    check_acknowledged(stored, ledger)
    check_counters(stored, ledger, org)
    check_guests(ledger)


async def check_repeated(api: Api, asked: Sequence[Asked]) -> None:
    """Whoever asks again gets the first answer, however long ago that was."""
    first = {asked.key: lasting(payload) for asked, payload in api.ledger.answers}
    kept = {asked.key for asked, payload in api.ledger.answers if is_kept(payload)}
    for one in (each for each in asked if each.key in kept):
        assert lasting(await api.change(one)) == first[one.key], one


def summary(ledger: Ledger, seconds: float) -> str:
    """Return in one line how much was acknowledged, and why the rest was refused."""
    codes = Counter(error["code"] for _, payload in ledger.answers for error in payload["errors"])
    made = len(ledger.accepted)
    refused = ", ".join(f"{number} {code}" for code, number in codes.most_common())
    return f"{made} changes made, {made / seconds:.0f} a second; refused: {refused}"


def done_before_asked_again(stored: Stored, ledger: Ledger) -> int:
    """Return how many changes a killed server had made without having said so."""
    made = {event.key: event.at for event in stored.events}
    return sum(made.get(key, at) < at for key, at in ledger.again.items())
