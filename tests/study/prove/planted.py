"""Programs with one fault planted in each, and what they are without it.

A `Planted` is a sound program and the place at which the fault is put in: what stands there, and what stands there instead.
Of two versions `older` is the other one: neither the sound nor the faulty program is it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """A sound program, and the fault: a code, and the text that is exchanged for another."""

    name: str
    code: str
    sound: str
    was: str
    becomes: str
    older: str | None = None

    @property
    def faulty(self) -> str:
        assert self.sound.count(self.was) == 1, f"{self.name}: {self.was!r} stands there once"
        return self.sound.replace(self.was, self.becomes)


def frame(name: str, currency: str = "EUR", zone: str = "Europe/Vienna") -> str:
    """How a program begins."""
    return f'program "{name}"\n  edition 2026\n  currency {currency}\n  timezone {zone}\n'
