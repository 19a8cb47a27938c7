"""The first program that was ever written in the language checks, and its test passes."""

from __future__ import annotations

from pathlib import Path

import guerdon
from guerdon.study import trial

CAFE = Path(__file__).parent / "cafe.guerdon"


def test_the_first_program_checks_without_a_word():
    assert guerdon.load(CAFE).diagnostics == ()


def test_its_test_passes():
    (result,) = trial.run(guerdon.load(CAFE).typed)
    assert result.misses == ()


def test_its_test_can_fail(tmp_path):
    wrong = tmp_path / "cafe.guerdon"
    wrong.write_text(CAFE.read_text().replace("expect      27 star", "expect      28 star"))
    (result,) = trial.run(guerdon.load(wrong).typed)
    assert [(miss.expected, miss.found) for miss in result.misses] == [("28 star", "27 star")]
