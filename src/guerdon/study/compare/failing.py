"""Conditions on a comparison, for a pipeline that is to stop: what differs from the old version to the new one."""

from __future__ import annotations

from fractions import Fraction

from guerdon.reference.exact import ZERO
from guerdon.study import words
from guerdon.study.compare.comparison import Comparison
from guerdon.study.conditions.condition import Condition, Malformed
from guerdon.study.conditions.figures import Figure, asked, gaining


def holds(of: Condition, found: Comparison) -> str | None:
    """What the difference is, in words, where a condition holds of it; None where it does not. Errors: Malformed."""
    asked_of, whole = _asked(of, found)
    difference = _difference(asked_of, found)
    told = asked_of.written(difference, signed=asked_of.of is not None)
    if not of.is_share:
        return told if of.met_by(difference) else None
    base = _of_whole(asked_of, whole, found)
    if not base:
        return f"{told}, from nothing" if difference and of.operator[0] == ">" else None
    share = difference / base
    signed = f"{'+' if share > 0 and asked_of.of is not None else ''}{words.decimal(100 * share, 2)}%"
    return f"{told}, {signed}" if of.met_by(share) else None


def _asked(of: Condition, found: Comparison) -> tuple[Figure, Figure | None]:
    """What a condition is about: in the new version, or, where it is gone from there, in the old one."""
    try:
        return asked(of, found.new.program)
    except Malformed as error:
        try:
            return asked(of, found.old.program)
        except Malformed:
            raise error from None


def _difference(of: Figure, found: Comparison) -> Fraction:
    if of.of is None:
        return gaining(found.table("people"), of)
    return of.of(found.new) - of.of(found.old)


def _of_whole(of: Figure, whole: Figure | None, found: Comparison) -> Fraction:
    """What a share is of: a figure of the new version, all members, or what the figure was under the old version."""
    if whole is not None:
        return whole.of(found.new) if whole.of is not None else gaining(found.table("people"), whole)
    if of.whole is not None:
        return of.whole(found.new)
    return of.of(found.old) if of.of is not None else ZERO
