"""A recorded run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.study.record.bakery import APRIL, MAPPING, MARCH, PROGRAM, REDEEMED, WELCOME

import guerdon


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    """The folder of a program in two files, with rows in a sheet, whose history lies beside it."""
    files = {
        "bakery/bakery.guerdon": PROGRAM,
        "bakery/members/welcome.guerdon": WELCOME,
        "bakery/factors.csv": "kind,factor\nbread,200%\n",
        "bakery/history.yaml": MAPPING,
        "tills/2026/03.csv": MARCH,
        "tills/2026/04.csv": APRIL,
        "tills/redemption.csv": REDEEMED,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "bakery"


@pytest.fixture
def record(bakery: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "record"
    guerdon.load(bakery, set={"rate": "20%"}).run().record(folder)
    return folder
