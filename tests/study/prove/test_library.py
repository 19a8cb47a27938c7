"""The same from Python: `guerdon.prove`."""

from __future__ import annotations

from pathlib import Path

import pytest

import guerdon
from guerdon.study.compare.comparison import NotComparable

TEXT = """program "Shop"
  currency EUR

unit star

event sale
  amount money

earn "Stars"
  on sale
  when amount >= 50 EUR
  give 1 star per full 1 EUR of amount
  limit 100 star per event

earn "Small"
  on sale
  when amount < 50 EUR and amount > 60 EUR
  give 5 star
"""


def load(folder: Path, name: str, text: str) -> guerdon.Program:
    (folder / f"{name}.guerdon").write_text(text, encoding="utf-8")
    return guerdon.load(folder / f"{name}.guerdon")


def test_a_program_is_proved_from_python(tmp_path: Path) -> None:
    found = guerdon.prove(load(tmp_path, "shop", TEXT))
    assert [each.said.code for each in found.findings] == ["G940"]
    assert found.findings[0].said.message.startswith('"Small"')


def test_two_versions_are_held_against_each_other_from_python(tmp_path: Path) -> None:
    old = load(tmp_path, "old", TEXT)
    new = load(tmp_path, "new", TEXT.replace("1 star per full 1 EUR", "1 star per full 2 EUR"))
    found = guerdon.prove(old, new)
    assert found.findings and all(each.witness for each in found.findings)
    dollars = load(tmp_path, "dollars", TEXT.replace("EUR", "USD"))
    with pytest.raises(NotComparable):
        guerdon.prove(old, dollars)
