"""The grocery's example on the reference engine: its 100 households, whose events a second are compared with those of the full panel."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.peers import Side
from tests.benchmarks.workload import ROOT, Missing

import guerdon

EXAMPLE = ROOT / "examples" / "grocery"
DATA = ROOT.parent / "shared" / "data" / "complete_journey"
BASKETS = 155_848  # of the full panel
BASKETS_OF_SLICE = 6_503


def prepare() -> Side:
    program = guerdon.load(EXAMPLE)

    def run() -> int:
        return len(program.run(engine="reference").posted.ledger.awards)

    return Side("reference engine", BASKETS_OF_SLICE, run, "100 of 2,469 households, reading included")


def whole(folder: Path) -> Path:
    """A folder whose history.yaml leads to the full panel."""
    if not DATA.exists():
        raise Missing("../shared/data/complete_journey is not beside the checkout")
    mapping = (EXAMPLE / "panel" / "history.yaml").read_text(encoding="utf-8")
    (folder / "history.yaml").write_text(f"folder: {DATA}\n{mapping}", encoding="utf-8")
    return folder
