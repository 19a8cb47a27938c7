"""Guerdon: a small typed language for reward programs, and an engine that accounts for every point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guerdon.history.given import BadEvent
    from guerdon.library import NoProgram, Outcome, Program, load
    from guerdon.questions import compare, prove, tune, verify
    from guerdon.session import BadState, Session
    from guerdon.study.draw.draw import DrawError
    from guerdon.study.measure.asked import Asked, MeasureError
    from guerdon.study.record.contents import RecordError
    from guerdon.study.tune.asked import TuneError
    from guerdon.text.diagnostic import Diagnostic, ProgramError

__all__ = [
    "Asked",
    "BadEvent",
    "BadState",
    "Diagnostic",
    "DrawError",
    "MeasureError",
    "NoProgram",
    "Outcome",
    "Program",
    "ProgramError",
    "RecordError",
    "Session",
    "TuneError",
    "compare",
    "load",
    "prove",
    "tune",
    "verify",
]

_HOME = {
    "Asked": "guerdon.study.measure.asked",
    "BadEvent": "guerdon.history.given",
    "BadState": "guerdon.session",
    "Diagnostic": "guerdon.text.diagnostic",
    "DrawError": "guerdon.study.draw.draw",
    "MeasureError": "guerdon.study.measure.asked",
    "ProgramError": "guerdon.text.diagnostic",
    "RecordError": "guerdon.study.record.contents",
    "Session": "guerdon.session",
    "TuneError": "guerdon.study.tune.asked",
    "compare": "guerdon.questions",
    "prove": "guerdon.questions",
    "tune": "guerdon.questions",
    "verify": "guerdon.questions",
}


def __getattr__(name: str) -> Any:
    """The library, imported when it is first used: the command line does not need all of it."""
    if name not in __all__:
        raise AttributeError(f"module 'guerdon' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME.get(name, "guerdon.library")), name)
