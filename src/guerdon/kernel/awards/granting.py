"""Whether a member may spend what an account has, as text."""

from __future__ import annotations

from contextlib import nullcontext

from guerdon.kernel.writing.expressions import condition
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import Make
from guerdon.program import nodes


def why_not(unit: nodes.Unit) -> str:
    """Why a unit is not spent for an account, in words."""
    return f"the member may not spend for the {unit.account}"


def may_spend(make: Make, unit: nodes.Unit, here: Here) -> str | None:
    """Names whether the member may spend what is an account's, or their own; None: whoever it is may."""
    account = make.program.accounts[unit.account] if unit.account is not None else None
    if account is None or account.spends is None:
        return None
    may, there = make.w.name("may"), make.member_fact(account.fact).there
    make.w.line(f"{may} = 1")
    with make.w.block(f"if {there}:") if there is not None else nullcontext():
        text = condition(make, account.spends, here)
        make.w.line(f"{may} = 1 if {text} else 0")
    return may
