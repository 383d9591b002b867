"""So many get in at once, so many of one kind; the rest wait in line, and not for ever."""

import asyncio

import pytest

from db.errors import BUSY, TroubleError
from db.gate import LONGEST_LINE_OF_ONE, Gate

LONG, SHORT = 60, 0.01


async def let_all_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_of_one_kind_leave_room_for_others() -> None:
    gate = Gate(3, of_one=2)
    assert [gate.try_enter("a") for _ in range(3)] == [True, True, False]
    assert [gate.try_enter("b") for _ in range(2)] == [True, False]
    gate.leave("a")
    assert [gate.try_enter("a"), gate.try_enter(None)] == [True, False]


async def test_who_waits_comes_in_turn_and_others_pass_those_whose_kind_is_full() -> None:
    gate, came = Gate(2, of_one=1), list[str]()

    async def come(key: str, name: str) -> None:
        await gate.enter(key, LONG)
        came.append(name)

    async with asyncio.TaskGroup() as group:
        for key, name in (("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1")):
            group.create_task(come(key, name))
        await let_all_run()
        assert came == ["a1", "b1"]
        for leaves, expected in (("b", "c1"), ("a", "a2"), ("a", "a3")):
            gate.leave(leaves)
            await let_all_run()
            assert came[-1] == expected


async def test_who_waits_for_too_long_is_told_busy_and_leaves_the_line() -> None:
    gate = Gate(1, of_one=1)
    assert gate.try_enter("a")
    with pytest.raises(TroubleError) as refused:
        await gate.enter("b", SHORT)
    assert refused.value.trouble == BUSY
    gate.leave("a")
    assert gate.try_enter("c")


async def test_who_is_cancelled_takes_no_place() -> None:
    gate = Gate(1, of_one=1)
    assert gate.try_enter("a")
    in_line, let_in = (asyncio.create_task(gate.enter("b", LONG)) for _ in range(2))
    await let_all_run()
    in_line.cancel()
    await let_all_run()
    gate.leave("a")  # which lets the second in,
    let_in.cancel()  # that is gone before it runs
    await asyncio.wait((in_line, let_in))
    assert gate.try_enter("c")


async def test_a_line_has_an_end() -> None:
    gate = Gate(1, of_one=1)
    assert gate.try_enter("a")
    waiting = [asyncio.create_task(gate.enter("b", LONG)) for _ in range(LONGEST_LINE_OF_ONE)]
    await let_all_run()
    with pytest.raises(TroubleError):
        await gate.enter("b", LONG)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
