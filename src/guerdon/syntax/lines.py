"""Clauses as text: what stands in the column of keywords, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from guerdon.syntax import tree
from guerdon.syntax.life_lines import (
    AccountClause,
    Parts,
    ReferralClause,
    ReturnClause,
    StatusClause,
    UnitClause,
    account_parts,
    end_of,
    hold,
    referral_parts,
    return_parts,
    status_parts,
    unit_parts,
)
from guerdon.syntax.phrase import behind, expression, named, settings, stretch_of_time, value, where


def clause_parts(clause: tree.Clause) -> Parts:
    """A clause's keyword (a fact's name) and what stands in the column behind it."""
    if isinstance(clause, UnitClause):
        return unit_parts(clause)
    if isinstance(clause, ReturnClause):
        return return_parts(clause)
    if isinstance(clause, AccountClause):
        return account_parts(clause)
    if isinstance(clause, StatusClause):
        return status_parts(clause)
    if isinstance(clause, ReferralClause):
        return referral_parts(clause)
    match clause:
        case (
            tree.Edition()
            | tree.Currency()
            | tree.Timezone()
            | tree.Fiscal()
            | tree.DayStart()
            | tree.WeekStart()
            | tree.Lateness()
            | tree.Decimals()
            | tree.Worth()
            | tree.Fact()
            | tree.By()
            | tree.Row()
            | tree.Otherwise()
            | tree.IsClause()
        ):
            return _base_parts(clause)
        case tree.Counts() | tree.Tier() | tree.Lasts() | tree.Falls() | tree.Perk():
            return _ladder_parts(clause)
        case (
            tree.Given()
            | tree.Happens()
            | tree.ExpectAward()
            | tree.ExpectBalance()
            | tree.ExpectTier()
            | tree.ExpectValue()
            | tree.ExpectNeeds()
            | tree.ExpectRefused()
        ):
            return _test_parts(clause)
        case _:
            return _rule_parts(clause)


def _base_parts(
    clause: tree.Edition
    | tree.Currency
    | tree.Timezone
    | tree.Fiscal
    | tree.DayStart
    | tree.WeekStart
    | tree.Lateness
    | tree.Decimals
    | tree.Worth
    | tree.Fact
    | tree.By
    | tree.Row
    | tree.Otherwise
    | tree.IsClause,
) -> Parts:
    match clause:
        case tree.Edition(number):
            return "edition", number.text
        case tree.Currency(name):
            return "currency", name.text
        case tree.Timezone(zone):
            return "timezone", zone.text
        case tree.Fiscal(day):
            return "fiscal year", f"starts {day.text}"
        case tree.DayStart(time):
            return "day starts", time.text
        case tree.WeekStart(day):
            return "week starts", day.text
        case tree.Lateness(time):
            return "lateness", stretch_of_time(time)
        case tree.Decimals(number):
            return "decimals", number.text
        case tree.Worth(quantity):
            return "worth", value(quantity)
        case tree.Fact(name, kind, optional, derived):
            equals = f" = {expression(derived)}" if derived is not None else ""
            return name.text, f"{_field_type(kind)}{' optional' if optional else ''}{equals}"
        case tree.By(key, kind):
            return "by", key.text + (f" {_field_type(kind)}" if kind else "")
        case tree.Row(key, result):
            return "row", f"{value(key)}: {expression(result)}"
        case tree.Otherwise(result):
            return "else", expression(result)
        case tree.IsClause(result):
            return "is", expression(result)
        case _:
            assert_never(clause)


def _field_type(kind: tree.FieldType) -> str:
    match kind:
        case tree.NamedType(name):
            return name.text
        case tree.YesNo(word):
            return word.text
        case tree.OneOf(values):
            return f"one of {named(values)}"
        case tree.ListOf(record):
            return f"list of {record.text}"
        case _:
            assert_never(kind)


def _ladder_parts(clause: tree.Counts | tree.Tier | tree.Lasts | tree.Falls | tree.Perk) -> Parts:
    match clause:
        case tree.Counts(counted):
            return "counts", expression(counted)
        case tree.Tier(name, reached):
            return "tier", name.text + _reached(reached)
        case tree.Lasts(term):
            return "lasts", _term(term)
        case tree.Falls(how):
            return "falls", _fall(how)
        case tree.Perk(tier, text):
            return "perk", f"{tier.text}: {value(text)}"
        case _:
            assert_never(clause)


def _reached(reached: tree.Quantity | tree.Number | tree.When | tree.ByInvitation | None) -> str:
    match reached:
        case tree.When(condition):
            return f" when {expression(condition)}"
        case tree.ByInvitation():
            return " by invitation"
        case _:
            return behind("at", reached)


def _term(term: tree.ThroughEnd | tree.ForTime | tree.WhileMet | tree.Forever) -> str:
    match term:
        case tree.ThroughEnd(end):
            return f"through {end_of(end)}"
        case tree.ForTime():
            return stretch_of_time(term)
        case tree.WhileMet():
            return "while met"
        case tree.Forever():
            return "forever"
        case _:
            assert_never(term)


def _fall(how: tree.OneTier | tree.ToCounted | tree.ToLowest | tree.Never) -> str:
    match how:
        case tree.OneTier():
            return "one tier at a time"
        case tree.ToCounted():
            return "to the tier counted"
        case tree.ToLowest():
            return "to the lowest"
        case tree.Never():
            return "never"
        case _:
            assert_never(how)


def _rule_parts(
    clause: tree.On
    | tree.When
    | tree.During
    | tree.Each
    | tree.Accumulate
    | tree.Give
    | tree.Minimum
    | tree.Round
    | tree.Limit
    | tree.Share
    | tree.Hold
    | tree.Because,
) -> Parts:
    match clause:
        case tree.On(events):
            return "on", named(events)
        case tree.When(condition):
            return "when", expression(condition)
        case tree.During(stretches):
            return "during", ", ".join(map(_stretch, stretches))
        case tree.Each(record, condition):
            return "each", record.text + where(condition)
        case tree.Accumulate(per):
            return "accumulate", _scopes(per)
        case tree.Give(given, to):
            return "give", expression(given) + behind("to", to)
        case tree.Minimum(quantity):
            return "minimum", value(quantity)
        case tree.Round(mode, place):
            return "round", f"{mode.text} per {place.text}"
        case tree.Limit(most, per, or_nothing, kept):
            ends = (", or nothing" if or_nothing else "") + (", kept on return" if kept else "")
            return "limit", f"{expression(most)} {_scopes(per)}{ends}"
        case tree.Share(share, to):
            return "share", expression(share) + behind("to", to)
        case tree.Hold(how):
            return "hold", hold(how)
        case tree.Because(text):
            return "because", value(text)
        case _:
            assert_never(clause)


def _stretch(stretch: tree.Stretch) -> str:
    match stretch:
        case tree.Dates(first, last) | tree.Weekdays(first, last):
            return first.text + behind("through", last)
        case tree.FromDate(day):
            return f"from {day.text}"
        case tree.BeforeDate(day):
            return f"before {day.text}"
        case tree.Hours(start, end):
            return f"{start.text} before {end.text}"
        case _:
            assert_never(stretch)


def _scopes(scopes: Iterable[tree.Per]) -> str:
    return " ".join(f"per {_scope(each.scope)}" for each in scopes)


def _scope(scope: tree.Period | tree.ForTime | tree.Path) -> str:
    return stretch_of_time(scope) if isinstance(scope, tree.ForTime) else scope.text


def _test_parts(
    clause: tree.Given
    | tree.Happens
    | tree.ExpectAward
    | tree.ExpectBalance
    | tree.ExpectTier
    | tree.ExpectValue
    | tree.ExpectNeeds
    | tree.ExpectRefused,
) -> Parts:
    match clause:
        case tree.Given(member, what):
            fact = value(what) if isinstance(what, tree.Quantity) else settings([what])
            return "given", f"{member.text}: {fact}" if member else fact
        case tree.Happens(event, member, day, time, facts):
            when = f"{behind('by', member)} on {day.text}{behind('at', time)}"
            return "event", f"{event.text}{when}{': ' + settings(facts) if facts else ''}"
        case _:
            return "expect", _expected(clause)


def _expected(
    clause: tree.ExpectAward
    | tree.ExpectBalance
    | tree.ExpectTier
    | tree.ExpectValue
    | tree.ExpectNeeds
    | tree.ExpectRefused,
) -> str:
    match clause:
        case tree.ExpectAward(quantity, rule, member):
            return value(quantity) + behind("from", rule) + behind("for", member)
        case tree.ExpectRefused():
            return "refused"
        case tree.ExpectBalance(holding, quantity):
            what = f"{holding.text} {value(quantity)}"
        case tree.ExpectTier(ladder, tier):
            what = f"{ladder.text} {tier.text}"
        case tree.ExpectValue(name, counts, result):
            what = f"{name.text} {'counts ' if counts else ''}{value(result)}"
        case tree.ExpectNeeds(ladder, quantity, tier):
            what = f"{ladder.text} needs {value(quantity)} to reach {tier.text}"
        case _:
            assert_never(clause)
    return what + behind("for", clause.member) + behind("on", clause.on)
