"""Has the checks beside these tests say what differs, as the tests themselves do."""

import pytest

for name in ("asking", "clients", "dooming", "telling", "wholeness"):
    pytest.register_assert_rewrite(f"tests.durability.{name}")
