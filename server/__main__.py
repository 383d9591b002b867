"""The program `freehold`, also as `python -m server`."""

import sys

INTERRUPTED = 130  # the exit code that shells give to Ctrl+C


def main() -> int:
    """Run the command that the process's arguments ask for; return its exit code.

    Ctrl+C ends it without a word, also while it is still being imported.
    """
    try:
        from server import command_line  # noqa: PLC0415 - takes a while

        return command_line.main()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
