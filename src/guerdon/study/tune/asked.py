"""What is asked of a search for a value, and why there is none."""

from __future__ import annotations

from dataclasses import dataclass


class TuneError(Exception):
    """Why nothing can be looked for, and what to do; `code`: G902, G960 to G963."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


@dataclass(frozen=True, slots=True)
class Asked:
    """A param, and which of its values are looked at: from `low` through `high`, in steps; each written as the param's own value.

    Shape: None: from nothing to twice the present value, in steps of what the param counts. `every`: each value is run, whatever is
    seen before.
    """

    param: str
    low: str | None = None
    high: str | None = None
    step: str | None = None
    every: bool = False
