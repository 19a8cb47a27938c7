"""The one place where benchmarks meet the kernel. Each function makes something ready and gives what is then timed.

What it gives was asked once whether it computes the right thing: `workload.TOTALS` or the totals of `peers.hand_c` for W, `workload.stateless`
for S; it raises `Wrong` where not. Until the kernel is there each raises `NotYet`, and its figures print what they are measured against.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tests.benchmarks.measure import Run
from tests.benchmarks.workload import History


class NotYet(Exception):
    """The kernel can't do this yet."""


def missing() -> NoReturn:
    raise NotYet("not yet: there is no kernel")


def w_on_wasm(history: History) -> Run:
    """All of W over the columns of a history on WebAssembly: columns copied in and award rows out in blocks, both in the time."""
    missing()


def s_on_wasm(history: History) -> Run:
    """S over the same columns, copies included."""
    missing()


def run_parquet(events: Path, folder: Path) -> Run:
    """A run of W from a Parquet file to `awards.parquet` and `balances.parquet` in the folder, on one thread."""
    missing()


def parquet_in_memory(events: Path, folder: Path) -> tuple[str, str]:
    """The same as two texts of Python for a process of its own: what it imports, and the run."""
    missing()


def ready() -> Run:
    """From W's typed program to a kernel that can be called; modules are imported."""
    missing()


def session_steps(history: History) -> Sequence[Run]:
    """One call for each event of the history, to be made in this order: the event goes through a session on the Python kernel."""
    missing()


def state(full: bool) -> int:
    """Bytes of the state of a member of W with 12 live lots and 4 returnable purchases: lean, or with all that explaining needs."""
    missing()


def panel(folder: Path) -> Run:
    """The grocery's program on the full Complete Journey panel, whose `history.yaml` is in the folder."""
    missing()


def of_size(what: str, size: int) -> Run:
    """A run of the given size: so many `events`, `members`, `rules`, or `lots` of one member with a redemption."""
    missing()
