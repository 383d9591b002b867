"""When two e-mail addresses are one account's: the only place that decides it.

The domain is brought into the form that DNS knows (IDNA 2008 by UTS 46, in small ASCII letters).
Of the part before it only A to Z become small: what else a server takes for the same is its own
matter, and folding more would make two mailboxes one, as of straße@ and strasse@.
"""

from string import ascii_lowercase, ascii_uppercase

import idna

SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


class AddressError(ValueError):
    """The domain of an address can't be one."""


def same_form(address: str) -> str:
    """Return the form that all spellings of one address share; AddressError if it has none.

    It takes a text without an @ for a part before one.
    """
    local, at, domain = address.rpartition("@")
    return f"{local.translate(SMALL)}@{_domain(domain)}" if at else address.translate(SMALL)


def _domain(domain: str) -> str:
    if domain.isascii():
        return domain.translate(SMALL)
    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError as error:
        raise AddressError(domain) from error
