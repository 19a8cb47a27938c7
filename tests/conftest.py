"""What all tests share: generated cases have no time limit of their own, and the parser's tables fit the present grammar."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import hypothesis
import lark
import pytest

from guerdon.syntax import tables

hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that tests can import `tests.generated`


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Says which seed chance begins with, and sees to the parser's tables."""
    seed(config)
    tables_of_the_present(config)


def seed(config: pytest.Config) -> None:
    """One seed for all that is left to chance: the same for each short run, a new one for each long one, unless one is given.

    A short run is to say whether a change broke something: what chance finds next belongs to the long one.
    """
    from tests.generated import pool  # only now: its folder is on the path

    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(10**9) if pool.LONG else 1)
    pool.seed[0] = int(config.option.hypothesis_seed)


def pytest_report_header(config: pytest.Config) -> str:
    return f"chance: the same programs and histories again with --hypothesis-seed={config.option.hypothesis_seed}"


def tables_of_the_present(config: pytest.Config) -> None:
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
