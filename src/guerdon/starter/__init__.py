"""Small programs with a history and tests, to start from: one folder each, beside this file."""

from __future__ import annotations

from pathlib import Path

from guerdon.study.whole import appearing, not_there

SMALL = "small"
"""The program of a till that writes a CSV file."""

SHAPES = ("cloudevents", "ledger", "segment", "shopify", "square", "stripe")
"""Shapes in which other systems export what happened; each has a mapping, a sample and a small program."""


def write(folder: Path, shape: str = SMALL) -> list[Path]:
    """Writes the starter's files into a folder, which is made if need be; where they are, the program first.

    Shape: nothing appears before all of it is whole.
    Errors: AlreadyThere, and nothing is written, where one of them is; OSError.
    """
    files = sorted((Path(__file__).parent / shape).iterdir(), key=lambda each: (_ORDER.index(each.suffix), each.name))
    names = [each.name for each in files]
    not_there(folder, names)
    with appearing(folder, names) as beside:
        for each in files:
            (beside / each.name).write_bytes(each.read_bytes())
    return [folder / each for each in names]


_ORDER = (".guerdon", ".yaml", ".csv", ".jsonl")
"""A program, then its mapping, then the files that are mapped."""
