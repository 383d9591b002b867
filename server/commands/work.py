"""`freehold work`: what the server does by itself, done by a process of its own."""

import asyncio
import signal
from collections.abc import Mapping
from typing import Annotated

import typer

from resolvers.background.duty import Duty
from resolvers.background.work import tasks_of
from resolvers.background.work import work as work_once
from server.background import work_until
from server.commands.configuration import read_settings
from server.commands.database import up_to_date
from server.commands.invocation import Json, answer, invocation_of
from server.logs import configure_logs
from server.settings import Settings

BUSY = "Another process does the background work now."

Once = Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")]


def work(context: typer.Context, once: Once = False, as_json: Json = False) -> None:
    """Do the background work until told to stop: purge, end what expired."""
    settings = read_settings(invocation_of(context))
    if not once:
        configure_logs()
        asyncio.run(_until_stopped(settings))
        return
    done = asyncio.run(_once(settings))
    text = BUSY if done is None else "; ".join(f"{name}: {n:,}" for name, n in done.items())
    answer(text, {"done": done}, as_json=as_json)


async def _once(settings: Settings) -> Mapping[str, int] | None:
    async with up_to_date(settings) as engine:
        return await work_once(Duty(engine), tasks=tasks_of(settings.answer_hours))


async def _until_stopped(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with up_to_date(settings) as engine:
        await work_until(stop, engine, settings.background_seconds, tasks_of(settings.answer_hours))
