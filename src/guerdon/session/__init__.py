"""One event at a time, from states as bytes into states as bytes: the same ledger as a run over all events."""

from guerdon.session.progress import Coming, Missing, Progress, Rung
from guerdon.session.step import Session, Step
from guerdon.session.stored import BadState

__all__ = ["BadState", "Coming", "Missing", "Progress", "Rung", "Session", "Step"]
