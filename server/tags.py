"""Answers that need not be sent again: `ETag` and `If-None-Match`."""

import re
from collections.abc import Mapping

from starlette.requests import Request

TAG = re.compile(r'(?:W/)?"([0-9a-f]+)"', re.ASCII)


def known_tags(request: Request) -> frozenset[str]:
    """Return the tags of the answers that the client has."""
    return frozenset(TAG.findall(",".join(request.headers.getlist("if-none-match"))))


def tag_headers(tag: str | None) -> Mapping[str, str]:
    """Return the headers of a tagged answer: to be kept, and asked for before each use.

    The tag is weak: it says that an answer means the same, not that it has the same bytes. Those
    differ where an answer tells the time, and by compression.
    """
    if tag is None:
        return {}
    return {
        "ETag": f'W/"{tag}"',
        "Cache-Control": "private, no-cache",
    }
