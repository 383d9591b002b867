"""Spellings of one address have one form, and two mailboxes never do."""

from itertools import combinations

import pytest

from auth.addresses import AddressError, same_form

SAME = [
    ("Ada@Example.ORG", "ada@example.org"),
    ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
    ("ada@XN--bcher-kva.example", "ada@xn--bcher-kva.example"),
    ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
    ("ada@straße.example", "ada@xn--strae-oqa.example"),
    ("ada@\uff45xample.org", "ada@example.org"),
    ("Straße@example.org", "straße@example.org"),
    ("a@b@Example.org", "a@b@example.org"),
    ("Subject-7", "subject-7"),
]
APART = [
    "strasse@example.org",
    "straße@example.org",
    "stra\u1e9ee@example.org",
    "mike@example.org",
    "mi\u212ae@example.org",
    "m\u0131ke@example.org",
    "MİKE@example.org",
    "mi\u0307ke@example.org",
    "re\u0301mi@example.org",
    "rémi@example.org",
    "RÉMI@example.org",
    "\uff4dike@example.org",
    "\u017ftrasse@example.org",
    "ﬁn@example.org",
    "fin@example.org",
    "ada@strasse.example",
    "ada@straße.example",
]
NO_DOMAINS = [
    "ada@exa\u200bmple..é",
    "ada@\u0301x.example",
    "ada@é" + "x" * 70 + ".example",
    "ada@-é.example",
]


@pytest.mark.parametrize(("address", "form"), SAME, ids=ascii)
def test_the_domain_is_as_dns_knows_it_and_a_to_z_are_small(address: str, form: str) -> None:
    assert same_form(address) == form
    assert same_form(form) == form


def test_no_two_mailboxes_are_one() -> None:
    forms = {address: same_form(address) for address in APART}
    assert [pair for pair in combinations(APART, 2) if forms[pair[0]] == forms[pair[1]]] == []


@pytest.mark.parametrize("address", NO_DOMAINS, ids=ascii)
def test_what_can_be_no_domain_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        same_form(address)
