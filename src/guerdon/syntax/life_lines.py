"""Clauses about the life of points and tiers as text: expiry, debt, returns, holds, accounts."""

from __future__ import annotations

from typing import assert_never

from guerdon.syntax import tree
from guerdon.syntax.phrase import behind, expression, named, stretch_of_time, value, where

Parts = tuple[str, str]
"""A clause's keyword, or its field's name, and the rest."""

UnitClause = tree.Kind | tree.Expires | tree.Suspended | tree.Spends | tree.Debt
ReturnClause = tree.Reverses | tree.Part | tree.Clawback | tree.Counted
AccountClause = tree.Members | tree.Owns | tree.Joins | tree.Leaves | tree.SpendsWhen
ReferralClause = tree.Friend | tree.Referrer | tree.Qualifies | tree.Refuse
StatusClause = tree.Rises | tree.Grace | tree.Floor | tree.Grants | tree.Carries | tree.Restarts | tree.Returns


def unit_parts(clause: UnitClause) -> Parts:
    match clause:
        case tree.Kind(word):
            return "kind", word.text
        case tree.Expires(life, condition, since, existing):
            when = f" when {expression(condition)}" if condition is not None else ""
            return "expires", _life(life) + when + behind("from", since) + (", existing too" if existing else "")
        case tree.Suspended(condition):
            return "suspended", f"while {expression(condition)}"
        case tree.Spends(order):
            return "spends", f"{order.text} first"
        case tree.Debt(how):
            return "debt", f"up to {value(how.quantity)}" if isinstance(how, tree.UpTo) else how.text
        case _:
            assert_never(clause)


def _life(life: tree.LifeAfter | tree.LifeTo | tree.LifeOn | tree.LifeWithout | tree.Never) -> str:
    match life:
        case tree.LifeAfter(time, origin, at_end):
            after = end_of(origin) if isinstance(origin, tree.EndOf) else origin.text
            rounded = f", at end of {at_end.text}" if at_end else ""
            return f"{stretch_of_time(time)} after {after}{rounded}"
        case tree.LifeTo(end):
            return f"at {end_of(end)}"
        case tree.LifeOn(date):
            return f"on {date.text}"
        case tree.LifeWithout(time, events):
            return f"{stretch_of_time(time)} without {named(events)}"
        case tree.Never():
            return "never"
        case _:
            assert_never(life)


def end_of(end: tree.EndOf) -> str:
    return f"end of {end.which.text} {end.period.text}"


def return_parts(clause: ReturnClause) -> Parts:
    match clause:
        case tree.Reverses(which, event, by, within):
            time = f" within {stretch_of_time(within)}" if within else ""
            return "reverses", f"{which.text + ' ' if which else ''}{event.text}{behind('by', by)}{time}"
        case tree.Part(path, of, by):
            return "part", path.text + behind("of", of) + behind("by", by)
        case tree.Clawback(how, first, oldest):
            also = f", {oldest.text}" if oldest else ""
            if isinstance(how, tree.InProportion):
                return "clawback", f"in proportion, round {how.mode.text}{also}"
            return "clawback", named([how, first] if first else [how], " ") + also
        case tree.Counted(at):
            return "counted", f"at {at.text}"
        case _:
            assert_never(clause)


def account_parts(clause: AccountClause) -> Parts:
    match clause:
        case tree.Members(fact):
            return "members", fact.text
        case tree.Owns(names):
            return "owns", named(names)
        case tree.Joins(how):
            return "joins", f"{how.text} balance"
        case tree.Leaves(how):
            return "leaves", f"{how.text} balance"
        case tree.SpendsWhen(condition):
            return "spends", f"when {expression(condition)}"
        case _:
            assert_never(clause)


def status_parts(clause: StatusClause) -> Parts:
    match clause:
        case tree.Rises(end):
            return "rises", f"at {end_of(end)}"
        case tree.Grace(time):
            return "grace", stretch_of_time(time)
        case tree.Floor(tier, condition):
            return "floor", f"{tier.text} while {expression(condition)}"
        case tree.Grants(tier, event, condition):
            when = f" when {expression(condition)}" if condition is not None else ""
            return "grants", f"{tier.text} on {event.text}{when}"
        case tree.Carries(how, unless):
            return "carries", f"excess {how.text}{', unless fallen' if unless else ''}"
        case tree.Restarts(how):
            return "restarts", f"at rise, {how.text}"
        case tree.Returns(how):
            return "returns", f"lower at {how.text}"
        case _:
            assert_never(clause)


def hold(how: tree.ForTime | tree.HoldUntil | tree.HoldReturnable) -> str:
    match how:
        case tree.ForTime():
            return stretch_of_time(how)
        case tree.HoldUntil(moment, by):
            return f"until {expression(moment)}{behind('by', by)}"
        case tree.HoldReturnable():
            return "while returnable"
        case _:
            assert_never(how)


def referral_parts(clause: ReferralClause) -> Parts:
    match clause:
        case tree.Friend(event):
            return "friend", event.text
        case tree.Referrer(fact):
            return "referrer", fact.text
        case tree.Qualifies(event, condition, within, of):
            time = f" within {stretch_of_time(within)}{behind('of', of)}" if within is not None else ""
            return "qualifies", event.text + where(condition) + time
        case tree.Refuse(facts):
            return "refuse", ", ".join(f"same {fact.text}" for fact in facts)
        case _:
            assert_never(clause)
