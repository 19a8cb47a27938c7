"""What was made up, as text and as JSON."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from guerdon.simulate.member import Tally
from guerdon.simulate.simulate import Plan


def text(plan: Plan, tally: Tally, folder: Path, form: str) -> str:
    """The files with their rows, a line of what may be asked of them, and what to do next."""
    width = max(len(f"{name}.{form}") for name in tally.rows)
    head = f"{plan.kind.name}: {_count(tally.members, 'member')}, {_count(plan.months, 'month')} from {plan.first}, seed {plan.seed}"
    rows = [f"  {f'{name}.{form}':<{width}}  {count:>12,} rows" for name, count in tally.rows.items()]
    return "\n".join([head, *rows, *_said(tally), f"now try: guerdon run {shlex.quote(str(folder))}"])


def _said(tally: Tally) -> list[str]:
    back = f"{_share(tally.returned, tally.returnable)} of those that can come back do, {_share(tally.partly, tally.returned)} of these in part"
    found = [f"{_count(tally.sales, 'sale')}; {back}"]
    found += [f"{_share(tally.invited, tally.members)} of members were invited by others"] if tally.invited else []
    found += [f"{_share(tally.late, tally.sales)} of sales become known late"] if tally.late else []
    if tally.bad:
        listed = ", ".join(f"{count:,} with {code}" for code, count in sorted(tally.bad.items()))
        found.append(f"{_count(sum(tally.bad.values()), 'row')} bad: {listed}")
    return found


def as_json(plan: Plan, tally: Tally) -> dict[str, Any]:
    """What was asked for and what came of it; shares in thousandths, as whole numbers."""
    return {
        "kind": plan.kind.name,
        "members": tally.members,
        "months": plan.months,
        "start": str(plan.first),
        "seed": plan.seed,
        "rows": tally.rows,
        "sales": tally.sales,
        "returnable": tally.returnable,
        "returned": tally.returned,
        "returned_in_part": tally.partly,
        "invited": tally.invited,
        "late": tally.late,
        "bad": dict(sorted(tally.bad.items())),
    }


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _share(part: int, whole: int) -> str:
    """In percent with one decimal, rounded half up, in whole numbers."""
    tenths = (2000 * part + whole) // (2 * whole) if whole else 0
    return f"{tenths // 10}.{tenths % 10}%"
