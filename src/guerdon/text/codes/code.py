"""What a diagnostic code says."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A kind of fault: a title, what it means, and what to do about it."""

    title: str
    meaning: str
    mend: str
    severity: str = "error"
