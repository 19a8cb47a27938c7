"""What a group made of its rules' awards, and what that was for each of them, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference.exact import ZERO
from guerdon.reference.rules import Sheet, Verdict
from guerdon.study import words
from guerdon.study.explain.account import Reading, Reason, RuleAccount


def account(sheet: Sheet) -> RuleAccount:
    """What the group gave, in the order of its clauses."""
    group, unit = sheet.group, sheet.verdicts[0].rule.unit
    given = [each for each in sheet.verdicts if each.quantity]
    sums: dict[str, Fraction] = {}
    for each in given:
        sums[each.rule.unit] = sums.get(each.rule.unit, ZERO) + each.quantity
    gave = ", ".join(words.quantity(total, of) for of, total in sums.items())
    found = RuleAccount(group.name, str(group.span), gave or "nothing", bool(given))
    listed = tuple(Reading(_named(each), words.quantity(each.stood, each.rule.unit)) for each in sheet.verdicts)
    found.reasons.append(Reason("of", ", ".join(f'"{name}"' for name in group.of), listed))
    if sheet.taken is not None:
        found.reasons.append(Reason("take", group.take.value, result=f"takes {_named(sheet.taken)}"))
    if sheet.raised:
        more = words.quantity(sheet.raised, unit)
        whose = next(_named(each) for each in sheet.verdicts if each.added)
        result = f"raised to it: {more} more for {whose}"
        found.reasons.append(Reason("minimum", words.quantity(group.minimum or sheet.raised, unit), result=result))
    if group.rounding is not None:
        off = words.quantity(abs(sheet.rounded), unit)
        what = f", {off} {'dropped' if sheet.rounded > 0 else 'added'}" if sheet.rounded else ""
        whole = words.quantity(sheet.total + sheet.raised - sheet.rounded, unit)
        found.reasons.append(Reason("round", group.rounding.value, result=f"to {whole}{what}"))
    for cut in sheet.cuts:
        room = cut.room if isinstance(cut.room, int) else words.quantity(cut.room, unit)
        left = f"{room} times" if isinstance(room, int) else room
        result = f"{words.quantity(cut.cut, unit)} cut off" if cut.cut else "nothing cut off"
        found.reasons.append(Reason("limit", words.clause(cut.limit), (Reading("room left", left),), result))
    return found


def reasons(verdict: Verdict) -> Iterator[Reason]:
    """What its group made of a rule's award."""
    sheet, unit = verdict.sheet, verdict.rule.unit
    if sheet is None:
        return
    said = [f"{words.quantity(verdict.stood, unit)} before it"]
    if verdict.stood and sheet.taken is not None and sheet.taken is not verdict:
        why = "was better" if sheet.group.take is nodes.Take.BEST else "comes first"
        said.append(f"not taken: {_named(sheet.taken)} {why}")
    if verdict.added:
        said.append(f"its minimum adds {words.quantity(verdict.added, unit)}")
    if verdict.off:
        how = "drops" if verdict.off > 0 else "adds"
        said.append(f"its rounding {how} {words.quantity(abs(verdict.off), unit)}")
    if verdict.lost and sheet.taken in (None, verdict):
        said.append(f"its limit cuts {words.quantity(verdict.lost, unit)} off")
    said.append(f"{words.quantity(verdict.quantity, unit)} after it")
    yield Reason("group", f'"{sheet.group.name}"', result="; ".join(said))


def _named(verdict: Verdict) -> str:
    return f'"{verdict.rule.name}"'
