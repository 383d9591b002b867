"""docs/operating.md tells of every setting and every command, as they are."""

from pathlib import Path

from pydantic.fields import FieldInfo
from typer.main import get_command

from server.command_line import app
from server.commands.configuration import variable
from server.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"


def row(name: str, field: FieldInfo) -> str:
    """Return a setting's row of the table; a wrong row can be replaced by what the test shows."""
    default = "" if field.default is None else f"`{str(field.default).lower()}`"
    return f"| `{variable(name)}` | {default} | {field.description} |"


def test_the_table_has_every_setting() -> None:
    text = PAGE.read_text()
    rows = [line for line in text.splitlines() if line.startswith("| `FREEHOLD_")]
    assert rows == [row(name, field) for name, field in Settings.model_fields.items()]


def test_every_command_and_option_is_told() -> None:
    text = PAGE.read_text()
    commands = vars(get_command(app))["commands"]
    names = [f"freehold {name}" for name in commands]
    options = [
        parameter.opts[0]
        for command in commands.values()
        for parameter in command.params
        if parameter.opts[0].startswith("--")
    ]
    missing = [name for name in [*names, *options, "--database-url"] if name not in text]
    assert missing == []
