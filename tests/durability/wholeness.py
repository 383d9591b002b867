"""What must be true of a stored Org, whatever was done to it by however many at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from tests.durability.storage import Stored, Told, number_of

NODES = ("space", "project", "asset")
OWNER = 4


def check_log(stored: Stored) -> None:
    """Revisions have no gaps, each has one event, and time goes on from one to the next."""
    assert [event.revision for event in stored.events] == list(range(1, stored.revision + 1))
    assert list(stored.touched) == [event.revision for event in stored.events]
    assert all(one.at <= next_.at for one, next_ in pairwise(stored.events))


def check_tree(stored: Stored) -> None:
    """Each space has one shared project, names and keys are unique among live siblings."""
    shared = Counter(row.space_id for row in stored.rows["project"] if row.is_shared)
    purged = stored.to_purge
    assert shared.pop(None) == 1
    assert {id_: shared[id_] for id_ in shared.keys() - purged} == dict.fromkeys(
        stored.by_id("space").keys() - purged, 1
    )
    for table, above in (("space", None), ("project", "space_id"), ("asset", "project_id")):
        live = [row for row in stored.rows[table] if row.deleted_at is None]
        for column in ("folded", "key"):
            named = Counter((above and getattr(row, above), getattr(row, column)) for row in live)
            assert set(named.values()) <= {1}, (table, column)
    used = [row.id for name in stored.rows for row in stored.rows[name]]
    assert len(set(used)) == len(used)
    assert max(used) < stored.next_id


def check_creations(stored: Stored) -> None:
    """What the log says was made is there, just that, and whoever made a project owned it."""
    imported = stored.events[0].at
    for noun in ("space", "project"):
        made = {event.object for event in stored.told(f"{noun}.create", f"{noun}.copy")}
        born = {row.id for row in stored.rows[noun] if row.created_at > imported}
        assert born - {row.id for row in stored.rows["project"] if row.is_shared} == made
    copied_at = {event.at for event in stored.told("project.copy")}
    assets = {row.id for row in stored.rows["asset"] if imported < row.created_at not in copied_at}
    assert assets == {event.object for event in stored.told("asset.create", "asset.copy")}
    owned = {
        (row.project_id, row.principal_id, row.began_at)
        for row in stored.rows["access_grant"]
        if row.level == OWNER
    }
    projects = stored.told("project.create", "project.copy")
    assert {(event.object, event.actor, event.at) for event in projects} <= owned


def check_last_words(stored: Stored) -> None:
    """A node bears the name, the key and the description that the log gave it last."""
    for noun in NODES:
        rows = stored.by_id(noun)
        last: dict[int, dict[str, Any]] = defaultdict(dict)
        for event in stored.events:
            if event.action.startswith(f"{noun}.") and event.object in rows:
                last[event.object].update(said_of(event))
        for id_, told in last.items():
            for column in ("name", "key", "description", "kind"):
                if column in told:
                    now = getattr(rows[id_], column)
                    assert now == told[column], (noun, id_, column, now, told)


def said_of(event: Told) -> dict[str, Any]:
    """Return what an event says of a node's columns; the end of its new path is its key."""
    key = {"key": event.after["path"].rpartition("/")[2]} if "path" in event.after else {}
    return {**event.after, **key}


def check_versions(stored: Stored) -> None:
    """The versions of an asset are numbered from 1 up to the one that the log told of last."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for row in stored.rows["asset_version"]:
        numbers[row.asset_id].append(row.number)
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in numbers.values())
    last = {
        event.object: event.after["version"] for event in stored.events if "version" in event.after
    }
    assert {id_: len(numbers[id_]) for id_ in last} == last


def check_moves(stored: Stored) -> None:
    """Each move left the place where the node lay before, and one place follows the other."""
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in stored.rows["placement"]:
        places[row.node_id].append((row.began_at, row.ended_at))
    moved = stored.told("project.move", "asset.move")
    assert Counter(event.object for event in moved) == {id_: len(p) for id_, p in places.items()}
    rows = {**stored.by_id("project"), **stored.by_id("asset")}
    for id_, found in places.items():
        now = (rows[id_].placed_at, 0)
        assert all(one[1] == next_[0] for one, next_ in pairwise([*sorted(found), now]))


def check_deletions(stored: Stored) -> None:
    """Each deletion is noted, and what lies in the bin is just what is marked."""
    told = Counter(event.object for event in stored.told(*(f"{noun}.delete" for noun in NODES)))
    told.update(
        number_of(gone["id"])
        for event in stored.events
        for gone in event.after.get("overwritten", ())
    )
    deletions = stored.rows["deletion"]
    assert Counter(row.node_id for row in deletions) == told
    restored = stored.told(*(f"{noun}.restore" for noun in NODES))
    ended = Counter(row.node_id for row in deletions if row.ended_at is not None)
    assert ended == Counter(event.object for event in restored)
    binned = {row.node_id for row in deletions if row.ended_at is None}
    marked = {row.id for noun in NODES for row in stored.rows[noun] if row.deleted_at is not None}
    assert binned - stored.to_purge == marked - stored.to_purge


def check_facts(stored: Stored) -> None:
    """Nobody holds or is the same thing twice at a time, and a grant knows the space it is in."""
    grants, memberships = stored.rows["access_grant"], stored.rows["membership"]
    _check_intervals(((row.space_id, row.project_id, row.principal_id), row) for row in grants)
    _check_intervals(((row.group_id, row.member_id), row) for row in memberships)
    projects = stored.by_id("project")
    for row in grants:
        if row.ended_at is None:
            space = row.space_id or projects[row.project_id].space_id
            assert row.within_id == space, row


def _check_intervals(facts: Iterable[tuple[Any, Any]]) -> None:
    held: dict[Any, list[Any]] = defaultdict(list)
    for what, row in facts:
        held[what].append(row)
    for rows in held.values():
        rows.sort(key=lambda row: row.began_at)
        for one, other in pairwise(rows):
            assert one.ended_at is not None, one
            assert one.ended_at <= other.began_at, (one, other)


CHECKS = (
    check_log,
    check_tree,
    check_creations,
    check_last_words,
    check_versions,
    check_moves,
    check_deletions,
    check_facts,
)


def check_whole(stored: Stored) -> None:
    """All of these."""
    for check in CHECKS:
        check(stored)
