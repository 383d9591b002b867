"""The worked example of docs/architecture.md is what the compiler really makes."""

import re
from pathlib import Path

from graphql import parse
from graphql.execution.values import VariableValues

from engine.executor import Executor
from engine.operation import read_operation
from schema.root import executable_schema

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
BLOCKS = re.compile(r"```(graphql|python)\n(.*?)```", re.DOTALL)


def test_the_page_shows_the_source_of_its_query() -> None:
    blocks = dict(BLOCKS.findall(PAGE.read_text()))
    operation = read_operation(parse(blocks["graphql"]), None)
    assert operation is not None
    compiled = Executor(executable_schema()).compiled(operation, VariableValues({}, {}))
    assert compiled.source == blocks["python"]
