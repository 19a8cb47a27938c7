"""What all tests share: generated cases have no time limit of their own, and the parser's tables fit the present grammar."""

from __future__ import annotations

import hypothesis
import lark
import pytest

from guerdon.syntax import tables

hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the tables anew if the grammar has changed since the build: without them each command that a test starts is slow.

    Only in the process that starts the others, and not when the grammar itself is broken: its own tests say that better.
    """
    if hasattr(config, "workerinput"):
        return
    grammar = tables.grammar_path().read_text(encoding="utf-8")
    if tables.restore(tables.TABLES, grammar) is None:
        try:
            tables.write_tables(grammar, tables.TABLES)
        except lark.exceptions.LarkError as problem:
            config.issue_config_time_warning(pytest.PytestConfigWarning(f"the grammar gives no parser: {problem}"), 2)
