"""What a client asks to run, and what comes of it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import GraphQLError


class Asked(NamedTuple):
    """What a client asks to run; `read_only` where the transport may carry queries alone.

    `known_tags` are those of the answers that the client has, None where it wants no tag; a tag
    also stands on the `media_type` of the answer.
    """

    text: str
    variables: dict[str, Any]
    operation_name: str | None
    read_only: bool
    request_id: str
    media_type: str = ""
    known_tags: frozenset[str] | None = None


@dataclass(slots=True)
class Answer:
    """What came of it; `ran` tells an operation that was executed from one that could not be.

    An answer that is `unchanged` has the tag of one that the client has, and no data. `noted` is
    for the log: what ran, who asked, and how many SQL statements it took.
    """

    data: Any = None
    errors: list[GraphQLError] = field(default_factory=list)
    extensions: dict[str, Any] = field(default_factory=dict)
    ran: bool = False
    tag: str | None = None
    unchanged: bool = False
    noted: dict[str, Any] = field(default_factory=dict)
