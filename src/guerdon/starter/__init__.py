"""Small programs with a history and tests, to start from: one folder each, beside this file."""

from __future__ import annotations

from pathlib import Path

SMALL = "small"
"""The program of a till that writes a CSV file."""

SHAPES = ("cloudevents", "ledger", "segment", "shopify", "square", "stripe")
"""Shapes in which other systems export what happened; each has a mapping, a sample and a small program."""


def write(folder: Path, shape: str = SMALL) -> list[Path]:
    """Writes the starter's files into a folder, which is made if need be; where they are, the program first.

    Errors: FileExistsError, and nothing is written, where one of them is there already.
    """
    files = sorted((Path(__file__).parent / shape).iterdir(), key=lambda each: (_ORDER.index(each.suffix), each.name))
    for each in files:
        if (folder / each.name).exists():
            raise FileExistsError(17, "already there", str(folder / each.name))
    folder.mkdir(parents=True, exist_ok=True)
    for each in files:
        (folder / each.name).write_bytes(each.read_bytes())
    return [folder / each.name for each in files]


_ORDER = (".guerdon", ".yaml", ".csv", ".jsonl")
"""A program, then its mapping, then the files that are mapped."""
