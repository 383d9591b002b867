"""What can be wrong with a manifest, or with asking for one."""


class ManifestError(ValueError):
    """A mistake in a manifest's line; nothing of the Org that the line belongs to is stored.

    `stored` has the keys of the Orgs that were complete before it: they stay.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line, self.message = line, message
        self.stored: tuple[str, ...] = ()

    def __str__(self) -> str:
        stored = f"; stored before it: {', '.join(self.stored)}" if self.stored else ""
        return f"line {self.line}: {self.message}{stored}"


class UnknownOrgError(LookupError):
    """There is no Org with this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f'There is no Org "{key}".')
