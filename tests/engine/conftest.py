"""Both executors, which must answer alike."""

import pytest


@pytest.fixture(params=[False, True], ids=["standard", "compiled"])
def compiles(request: pytest.FixtureRequest) -> bool:
    """Whether the operation is compiled, or left to the standard executor."""
    compiled: bool = request.param
    return compiled
