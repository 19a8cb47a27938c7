"""Sums of quotients, whose denominators are known only at run time: over one that they have in common, in lowest terms."""

from __future__ import annotations

from guerdon.kernel.writing.values import Value
from guerdon.kernel.writing.written import Writer


def add_to(w: Writer, total: str, per: str | None, value: Value) -> None:
    """Adds a value to a sum over the same known denominator; `per` names the rest of the sum's (None: 1)."""
    if per is None:
        w.line(f"{total} += {value.text}")
        return
    if value.by is None:
        w.line(f"{total} += {value.text} * {per}")
        return
    by = w.kept("by", value.by)
    w.line(f"{total} = {total} * {by} + {value.text} * {per}")
    w.line(f"{per} = {per} * {by}")
    reduce(w, total, per)


def reduce(w: Writer, top: str, bottom: str) -> None:
    """Takes the common divisor out of a fraction."""
    divisor, rest, other = w.name("divisor"), w.name("rest"), w.name("other")
    w.line(f"{divisor} = {bottom}")
    w.line(f"{rest} = {top} if {top} > 0 else 0 - {top}")
    with w.block(f"while {rest} > 0:"):
        w.line(f"{other} = {divisor} % {rest}")
        w.line(f"{divisor} = {rest}")
        w.line(f"{rest} = {other}")
    w.line(f"{top} = {top} // {divisor}")
    w.line(f"{bottom} = {bottom} // {divisor}")
