"""Guerdon: a small typed language for reward programs, and an engine that accounts for every point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guerdon.library import NoProgram, Outcome, Program, compare, load
    from guerdon.text.diagnostic import Diagnostic, ProgramError

__all__ = ["Diagnostic", "NoProgram", "Outcome", "Program", "ProgramError", "compare", "load"]

_HOME = {"Diagnostic": "guerdon.text.diagnostic", "ProgramError": "guerdon.text.diagnostic"}


def __getattr__(name: str) -> Any:
    """The library, imported when it is first used: the command line does not need all of it."""
    if name not in __all__:
        raise AttributeError(f"module 'guerdon' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME.get(name, "guerdon.library")), name)
