"""What one operation may ask for, and what is said to one that asks for more."""

from dataclasses import dataclass

from graphql import GraphQLError

from schema.measure import UNCOUNTABLE, Usage


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is accepted; docs/decisions/0005 says where the defaults come from.

    `tokens` is of the whole text with its comments, the others are what `Usage` says.
    """

    tokens: int = 5_000
    depth: int = 24
    aliases: int = 200
    directives: int = 100
    selections: int = 10_000
    cost: int = 250_000
    mutations: int = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """The code of a limit, how its message begins, and what to do about it."""

    code: str
    measured: str
    advice: str


DEPTH = Rule(
    "LIMIT_DEPTH",
    "The operation's depth is",
    "Ask for the deeper levels in another operation, from the ids of their nodes.",
)
ALIASES = Rule("LIMIT_ALIASES", "The operation's number of aliases is", "Split the operation.")
DIRECTIVES = Rule(
    "LIMIT_DIRECTIVES", "The operation's number of directives is", "Split the operation."
)
SELECTIONS = Rule(
    "LIMIT_SELECTIONS",
    "The document's number of selections, and of pairs of one name in one place, is at least",
    "Select a field once in a place, spread fewer fragments there, or split the document.",
)
MUTATIONS = Rule(
    "LIMIT_MUTATIONS",
    "The operation's number of changes is",
    "Send the others in another operation, or use the mutations that change many nodes at once.",
)
COST = Rule(
    "LIMIT_COST",
    "The operation's cost in nodes is",
    "Ask for smaller pages with `first`, go on with `after`, or split the operation.",
)

TOO_MANY_TOKENS = "Syntax Error: Document contains more than"  # how graphql-core says it


def refusal(usage: Usage, limits: Limits) -> GraphQLError | None:
    """Return the error for the first limit that is passed, None where none is."""
    for rule, measured, limit in (
        (DEPTH, usage.depth, limits.depth),
        (ALIASES, usage.aliases, limits.aliases),
        (DIRECTIVES, usage.directives, limits.directives),
        (SELECTIONS, usage.selections, limits.selections),
        (MUTATIONS, usage.mutations, limits.mutations),
        (COST, usage.cost, limits.cost),
    ):
        if measured > limit:
            return GraphQLError(_message(rule, measured, limit), extensions={"code": rule.code})
    return None


def name_token_limit(error: GraphQLError, limits: Limits) -> None:
    """Give the parser's error about too many tokens our words and code; leave others alone."""
    if error.message.startswith(TOO_MANY_TOKENS):
        error.extensions = {"code": "LIMIT_TOKENS"}
        error.message = (
            f"The document has more than {limits.tokens:,} tokens, which is the limit. "
            "Split the document, or send its values as variables."
        )


def _message(rule: Rule, measured: int, limit: int) -> str:
    number = "more than 10^12" if measured >= UNCOUNTABLE else f"{measured:,}"
    return f"{rule.measured} {number}; the limit is {limit:,}. {rule.advice}"
