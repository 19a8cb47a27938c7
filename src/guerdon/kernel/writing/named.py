"""Values under names, so that they are reckoned once; the lesser of two, and none below zero."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from guerdon.kernel.writing.make import Make
from guerdon.kernel.writing.values import Value, aligned, both, const
from guerdon.program import types


def literal(make: Make, value: object, of: types.Type) -> Value:
    """A value as it was written; a tier is its rank."""
    match value:
        case bool():
            return Value(str(int(value)), positive=True)
        case Fraction() | int():
            return const(value)
        case str():
            if isinstance(of, types.Tier):
                return Value(str(make.program.ladders[of.ladder].rank(value)), positive=True)
            return Value(str(make.columns.code(value)), positive=True)
        case _:
            return make.date(value)


def lesser(make: Make, left: Value, right: Value, which: str = "min") -> Value:
    """The lesser of two values, or (`max`) the greater."""
    texts, over, by = aligned(kept(make, left), kept(make, right))
    one, other = (make.w.kept("v", text) for text in texts)
    than = "<=" if which == "min" else ">="
    text = make.w.kept(which, f"{one} if {one} {than} {other} else {other}")
    positive = (left.positive and right.positive) if which == "min" else (left.positive or right.positive)
    return Value(text, over, name_of(make, by), both(left.there, right.there), positive)


def name_of(make: Make, by: str | None) -> str | None:
    """A name for a denominator, so that it is reckoned once."""
    return None if by is None else make.w.kept("per", by)


def at_least_zero(make: Make, value: Value) -> Value:
    """The value, or zero where it lies below."""
    if value.positive:
        return value
    text = make.w.kept("above", value.text)
    return replace(value, text=make.w.kept("above", f"{text} if {text} > 0 else 0"), positive=True)


def kept(make: Make, value: Value) -> Value:
    """The same under a name, so that it is reckoned once."""
    return replace(value, text=make.w.kept("v", value.text))
