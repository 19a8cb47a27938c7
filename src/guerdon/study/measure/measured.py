"""What was measured of a run: the report, and what it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guerdon.study import words
from guerdon.study.report.notebook import InNotebook


@dataclass(frozen=True, repr=False)
class Measured(InNotebook):
    """All that was measured of a run.

    Units: `first` and `last` are days of the program, both included: of what is shown by month. `read` is the last
    day of which anything was read.
    """

    program: str
    fingerprint: str
    currency: str
    first: date
    last: date
    read: date
    events: int
    aside: int

    @property
    def title(self) -> str:
        return f"{self.program}: what it is to the business"

    @property
    def head(self) -> tuple[str, ...]:
        return words.of_what_was_read(
            f"{words.count(self.events, 'event')} read through {self.read}; shown by month, {self.first} through {self.last}.",
            self.currency,
            self.aside,
        )

    @property
    def about(self) -> Mapping[str, object]:
        return {
            "program": self.program,
            "fingerprint": self.fingerprint,
            "currency": self.currency,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "read": self.read.isoformat(),
            "events": self.events,
            "aside": self.aside,
        }

    @property
    def foot(self) -> str:
        return f"Program {self.fingerprint}."
