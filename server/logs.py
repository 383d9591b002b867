"""Logs on stderr: JSON lines for a machine, text on a terminal; never a token or a variable."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, add_log_level, format_exc_info
from structlog.typing import Processor

from server.repeats import Repeats

# What a database's error, or anyone's, may carry of a request: each is replaced by the second text.
SECRETS = (
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*", re.ASCII), "[token]"),
    (re.compile(r"^(\[parameters: ).*$", re.MULTILINE), r"\1left out]"),
    (re.compile(r"^(DETAIL: ).*$", re.MULTILINE), r"\1left out"),
    (re.compile(r"(invalid input for query argument \$\d+: ).*$", re.MULTILINE), r"\1left out"),
)

LONGEST_HARMLESS = 40  # characters; a token is longer, and so is an error that quotes a value


def configure_logs(stream: TextIO = sys.stderr) -> None:
    """Send structlog's entries and those of the standard library's loggers to the stream."""
    terminal = stream.isatty()
    shared: list[Processor] = [
        add_log_level,
        TimeStamper(fmt="iso", utc=True),
        format_exc_info,
        without_secrets,
    ]
    # Its own tracebacks would show local variables.
    renderer = (
        ConsoleRenderer(exception_formatter=plain_traceback)
        if terminal
        else JSONRenderer(serializer=_json)
    )
    structlog.configure(
        processors=[Repeats(), *shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
    _configure_standard_loggers(stream, shared, renderer)


def _json(entry: object, **options: Any) -> str:
    return orjson.dumps(entry, default=options["default"]).decode()


def _configure_standard_loggers(
    stream: TextIO, shared: list[Processor], renderer: Processor
) -> None:
    """Format what uvicorn, asyncio and other libraries log like our own entries."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.INFO)


def without_secrets(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Leave tokens, and the values of a statement's parameters, out of an entry's texts."""
    for name, value in entry.items():
        if isinstance(value, str) and len(value) > LONGEST_HARMLESS:
            entry[name] = redacted(value)
    return entry


def redacted(text: str) -> str:
    """Return the text without tokens and without the values of a statement's parameters."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text
