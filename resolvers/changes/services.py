"""Changes of service accounts: members that are no persons, and sign in by tokens alone."""

from resolvers.changes.change import Change, Done, Input
from resolvers.changes.entering import enter


async def create(making: Change, given: Input) -> Done:
    """Make a service account, and make it a member; from then on it is changed as members are."""
    await making.require("service.create", "key")
    return await enter(making, given, "service.create", email=None, admin=False)
