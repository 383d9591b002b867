"""What a client may give: how long its texts and lists are, and what must hold for each value.

It is declared beside each argument and field of an input, and looked at before all else. Nothing
has read a text before its length was seen: normalising one takes time by the square of its length.
"""

# graphql-core leaves the parameters of its generic types open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_nullable_type,
    is_list_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

RULE = "rule"  # the key under which the metadata of a declaration hold its rule
USUAL = 255  # characters of a text whose declaration doesn't say more
MOST = 1_000  # items of a list
TEXTS = {"String", "ID"}
BAD_INPUT, BAD_PAGE = "BAD_INPUT", "BAD_PAGE"

Declared: TypeAlias = GraphQLArgument | GraphQLInputField


class Rule(NamedTuple):
    """How many characters a text may have, and what raises ValueError for a value that won't do.

    That says what the value must be, without its name.
    """

    longest: int = USUAL
    fits: Callable[[Any], object] | None = None


class Mistake(NamedTuple):
    """What is wrong with a value: the code in a query's error, its name, and what to do."""

    code: str
    field: str
    message: str


Check: TypeAlias = Callable[[Any, str], Iterator[Mistake]]


def rule_of(declared: Declared) -> Rule:
    """Return the rule of an argument or of a field of an input."""
    definition = declared.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    rule: Rule = (definition.metadata if definition else {}).get(RULE, Rule())
    return rule


def check_of(declared: Mapping[str, Declared]) -> Check | None:
    """Return what looks at the values of arguments or of an input; None where all will do."""
    checks = {
        name: check
        for name, each in declared.items()
        if (check := _check(each.type, rule_of(each))) is not None
    }
    return partial(_in_fields, checks) if checks else None


def raise_mistake(found: Iterator[Mistake]) -> None:
    """Raise the first of the mistakes as the error of a query, if there is one."""
    for mistake in found:
        extensions = {"code": mistake.code, "field": mistake.field}
        raise GraphQLError(mistake.message, extensions=extensions)


def _check(type_: GraphQLInputType, rule: Rule) -> Check | None:
    inner: Any = get_nullable_type(type_)
    if is_list_type(inner):
        return partial(_in_list, _check(inner.of_type, rule))
    if isinstance(inner, GraphQLInputObjectType):
        return _both(check_of(inner.fields), rule)
    return _both(partial(_in_text, rule.longest) if inner.name in TEXTS else None, rule)


def _both(check: Check | None, rule: Rule) -> Check | None:
    """Return the check, and behind it what the rule asks of a value in which nothing was wrong."""
    return check if rule.fits is None else partial(_fitting, check, rule.fits)


def _fitting(
    check: Check | None, fits: Callable[[Any], object], given: Any, path: str
) -> Iterator[Mistake]:
    found = [] if check is None else [*check(given, path)]
    yield from found
    if not found:
        try:
            fits(given)
        except ValueError as error:
            yield Mistake(BAD_INPUT, path, f"The {path} {error}.")


def _in_fields(
    checks: Mapping[str, Check], given: Mapping[str, Any], path: str
) -> Iterator[Mistake]:
    for name, check in checks.items():
        value = given.get(name)
        if value is not None:
            yield from check(value, f"{path}.{name}" if path else name)


def _in_list(check: Check | None, given: list[Any], path: str) -> Iterator[Mistake]:
    """Yield that a list is too long, or what is wrong with the first of its items that is bad."""
    if len(given) > MOST:
        few = f"Give {MOST:,} {path} at most, not {len(given):,}."
        yield Mistake(BAD_PAGE, path, f"{few} Ask for the rest another time.")
    elif check is not None:
        found = (next(check(item, path), None) for item in given if item is not None)
        yield from (mistake for mistake in [next(filter(None, found), None)] if mistake)


def _in_text(most: int, given: str, path: str) -> Iterator[Mistake]:
    if len(given) > most:
        message = f"The {path} has {most:,} characters at most, not {len(given):,}."
        yield Mistake(BAD_INPUT, path, message)
