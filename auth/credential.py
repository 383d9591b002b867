"""Whom a token speaks for, and the memory of tokens that were verified lately."""

from collections import OrderedDict
from dataclasses import dataclass

TOKENS = 4096


@dataclass(frozen=True, slots=True)
class Credential:
    """Whom a verified token speaks for; whether they exist is for the database to say.

    Attributes:
        account: our id, or from an OIDC issuer the case-folded e-mail address.
        org: our id, or from an OIDC issuer the Org's key.
    """

    account: int | str
    org: int | str


class Remembered:
    """Credentials by the header that bore them; those that were kept first are forgotten first.

    Only for tokens of a key that stays the same: nothing but the time can make them invalid.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Credential, float]] = OrderedDict()

    def recall(self, header: str, now: float) -> Credential | None:
        """Return whom the header speaks for, if it is known and still in force at `now`."""
        credential, until = self._known.get(header, (None, 0))
        return credential if now < until else None

    def keep(self, header: str, credential: Credential, until: float) -> None:
        """Remember a header that was verified, and until when it holds, in Unix seconds."""
        self._known[header] = credential, until
        if len(self._known) > TOKENS:
            self._known.popitem(last=False)
