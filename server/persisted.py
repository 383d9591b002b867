"""Documents that are named instead of sent: trusted ones, and others once they were sent."""

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Hashable, Mapping
from pathlib import Path

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from server.request import Parameters, RefusedError

ALGORITHM = "sha256:"
LONGEST, CHARACTERS = 65_536, 4_194_304  # of a document, and of all that are remembered
OF_ONE = CHARACTERS // 8  # of all that one viewer sent
NOT_FOUND = RefusedError(200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
UNKNOWN = "There is no document with this `documentId` here: send its text as `query`."
UNTRUSTED = "This server runs no documents but those it was given: name one by its `documentId`."


class DocumentsFileError(ValueError):
    """The file of trusted documents can't be used; the message says why."""


class ApolloDocument(BaseModel):
    """A document in a manifest of Apollo's."""

    id: str
    body: str


class ApolloManifest(BaseModel):
    """The file that Apollo's tools write."""

    operations: list[ApolloDocument]


class PersistedDocuments:
    """The documents that can be named by an id, or by the SHA-256 of their text."""

    def __init__(self, trusted: Mapping[str, str] | None = None, *, only: bool = False) -> None:
        self._trusted, self._only = dict(trusted or {}), only
        self._trusted |= {digest(text): text for text in self._trusted.values()}
        self._sent = Sent()

    def text_of(self, parameters: Parameters, viewer: Hashable = None) -> str:
        """Return the text of what is asked for; RefusedError where there is none or it may not."""
        text = self._text_of(parameters, viewer)
        if self._only and digest(text) not in self._trusted:
            raise RefusedError(403, "DOCUMENT_NOT_TRUSTED", UNTRUSTED)
        return text

    def _text_of(self, parameters: Parameters, viewer: Hashable) -> str:
        if parameters.document_id is not None:
            found = self._named(parameters.document_id.removeprefix(ALGORITHM))
            if found is None:
                raise RefusedError(404, "DOCUMENT_NOT_FOUND", UNKNOWN)
            return found
        if parameters.hash is None:
            return parameters.query
        if not parameters.query:
            found = self._named(parameters.hash)
            if found is None:
                raise NOT_FOUND
            return found
        if digest(parameters.query) != parameters.hash:
            raise RefusedError(400, "BAD_REQUEST", "The `sha256Hash` is not that of the query.")
        self._sent.keep(parameters.hash, parameters.query, viewer)
        return parameters.query

    def _named(self, name: str) -> str | None:
        return self._trusted.get(name) or self._sent.recall(name)


class Sent:
    """The documents that viewers sent lately, for all to name; none can push out most of others'.

    Beyond its share a viewer's own are forgotten, those first that were used longest ago. Where
    all are too many, those of whoever has most.
    """

    def __init__(self) -> None:
        self._senders: dict[str, Hashable] = {}
        self._texts: dict[Hashable, OrderedDict[str, str]] = {}
        self._sizes: Counter[Hashable] = Counter()

    def recall(self, name: str) -> str | None:
        """Return a document's text, if it is remembered."""
        if name not in self._senders:
            return None
        own = self._texts[self._senders[name]]
        own.move_to_end(name)
        return own[name]

    def keep(self, name: str, text: str, viewer: Hashable) -> None:
        """Remember a document by its name, unless it is too long."""
        if len(text) > LONGEST or name in self._senders:
            return
        self._senders[name] = viewer
        self._texts.setdefault(viewer, OrderedDict())[name] = text
        self._sizes[viewer] += len(text)
        while self._sizes[viewer] > OF_ONE:
            self._forget_of(viewer)
        while self._sizes.total() > CHARACTERS:
            self._forget_of(max(self._sizes, key=self._sizes.__getitem__))

    def _forget_of(self, viewer: Hashable) -> None:
        own = self._texts[viewer]
        name, text = own.popitem(last=False)
        del self._senders[name]
        self._sizes[viewer] -= len(text)
        if not own:
            del self._texts[viewer], self._sizes[viewer]


def digest(text: str) -> str:
    """Return the SHA-256 of a document's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_trusted(path: Path) -> dict[str, str]:
    """Read a file of trusted documents by their ids; DocumentsFileError says what is wrong with it.

    It is a JSON object of texts by ids, or a manifest as Apollo's tools write it.
    """
    try:
        content: object = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DocumentsFileError(f"{path}: {error}") from error
    documents = TypeAdapter(dict[str, str] | ApolloManifest)
    try:
        found = documents.validate_python(content)
    except ValidationError as error:
        message = f"{path}: expected a JSON object of documents by their ids."
        raise DocumentsFileError(message) from error
    if isinstance(found, dict):
        return found
    return {each.id: each.body for each in found.operations}
