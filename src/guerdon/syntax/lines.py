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
from guerdon.syntax.phrase import behind, expression, listed, named, settings, stretch_of_time, value, where


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
            | tree.IsClause()
            | tree.Ranked()
        ):
            return _base_parts(clause)
        case tree.Use() | tree.By() | tree.Columns() | tree.Bands() | tree.RowsFrom() | tree.Row() | tree.Otherwise():
            return _table_parts(clause)
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
        case tree.Always(condition):
            return "always", expression(condition)
        case tree.NeverLess(unit, path):
            return "never", f"less {unit.text} for more {path.text}"
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
    | tree.IsClause
    | tree.Ranked,
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
        case tree.IsClause(result):
            return "is", expression(result)
        case tree.Ranked(first, parts, period):
            split = f" in {parts.text} parts," if parts is not None else ""
            return "ranked", f"{first.text} first,{split} at end of {period.text}"
        case _:
            assert_never(clause)


def _table_parts(
    clause: tree.Use | tree.By | tree.Columns | tree.Bands | tree.RowsFrom | tree.Row | tree.Otherwise,
) -> Parts:
    match clause:
        case tree.Use(file):
            return "use", value(file)
        case tree.By(keys):
            return "by", listed(key.name.text + (f" {_field_type(key.type)}" if key.type else "") for key in keys)
        case tree.Columns(names):
            return "columns", named(names)
        case tree.Bands(how):
            return "bands", how.text
        case tree.RowsFrom(file):
            return "from", value(file)
        case tree.Row(cells, results):
            return "row", f"{listed(map(cell, cells))}: {listed(map(expression, results))}"
        case tree.Otherwise(results):
            return "else", listed(map(expression, results))
        case _:
            assert_never(clause)


def cell(written: tree.Cell) -> str:
    """A key as a row holds it."""
    if not isinstance(written, tree.Band):
        return value(written)
    ends = (end for end in (written.first, written.end) if end is not None)
    return " ".join(f"{end.side.text} {value(end.value)}" for end in ends)


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
        case tree.Counts(counted, floored):
            return "counts", expression(counted) + (f", {floored.text}" if floored else "")
        case tree.Tier(name, reached):
            return "tier", name.text + _reached(reached)
        case tree.Lasts(term):
            return "lasts", _term(term)
        case tree.Falls(how):
            return "falls", how.text
        case tree.Perk(tier, text):
            return "perk", f"{tier.text}: {value(text)}"
        case _:
            assert_never(clause)


def _reached(reached: tree.Quantity | tree.Number | tree.Name | tree.When | tree.ByInvitation | None) -> str:
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


def _rule_parts(
    clause: tree.On
    | tree.Opens
    | tree.Within
    | tree.Through
    | tree.When
    | tree.During
    | tree.Each
    | tree.Accumulate
    | tree.Give
    | tree.Cost
    | tree.FromOneExpiry
    | tree.Minimum
    | tree.Round
    | tree.Limit
    | tree.LimitOf
    | tree.Share
    | tree.Hold
    | tree.Say
    | tree.Because
    | tree.Control
    | tree.Replaces
    | tree.Funded
    | tree.Of
    | tree.Take,
) -> Parts:
    match clause:
        case tree.On(what):
            return "on", _moment(what)
        case tree.Opens(what, condition):
            return "opens", _moment(what) + where(condition)
        case tree.Within(time):
            return "within", stretch_of_time(time)
        case tree.Through(last):
            return "through", expression(last)
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
        case tree.Cost(cost):
            return "cost", expression(cost)
        case tree.FromOneExpiry():
            return "from", "one expiry"
        case tree.Minimum(quantity):
            return "minimum", value(quantity)
        case tree.Round(mode, place):
            return "round", mode.text + behind("per", place)
        case tree.Limit(most, per):
            return (
                "limit",
                f"{most.text if isinstance(most, tree.Name) else expression(most)} {_scopes(per)}{_ends(clause)}",
            )
        case tree.LimitOf(most, field, per):
            return "limit", f"{expression(most)} of {field.text} {_scopes(per)}{_ends(clause)}"
        case tree.Share(share, to):
            return "share", expression(share) + behind("to", to)
        case tree.Hold(how):
            return "hold", hold(how)
        case tree.Say(text, to):
            return "say", value(text) + behind("to", to)
        case tree.Because(text):
            return "because", value(text)
        case tree.Control(share, group):
            return "control", value(share) + behind("for", group)
        case tree.Replaces(rules):
            return "replaces", ", ".join(map(value, rules))
        case tree.Funded(payers):
            return "funded", ", ".join(map(_payer, payers))
        case tree.Of(rules):
            return "of", ", ".join(map(value, rules))
        case tree.Take(how):
            return "take", how.text
        case _:
            assert_never(clause)


def _payer(of: tree.Payer) -> str:
    return ("by " if of.by_fact else "") + f"{of.name.text} {of.parts.text}"


def _ends(limit: tree.Limit | tree.LimitOf) -> str:
    return (", or nothing" if limit.or_nothing else "") + (", kept on return" if limit.kept else "")


def _moment(what: tuple[tree.Name, ...] | tree.Trigger) -> str:
    return named(what) if isinstance(what, tuple) else trigger(what)


def trigger(what: tree.Trigger) -> str:
    """The words of a trigger, as they stand behind `on`."""
    match what:
        case tree.OnDay(edge, of):
            return f"{edge.text} of {of.text}"
        case tree.OnDate(day):
            return day.text
        case tree.OnAfter(time, event):
            return f"{stretch_of_time(time)} after {event.text}"
        case tree.OnWithout(time, events):
            return f"{stretch_of_time(time)} without {named(events)}"
        case tree.OnBefore(time, unit):
            return f"{stretch_of_time(time)} before {unit.text} expires"
        case tree.OnReached(ladder, tier):
            return f"{ladder.text} reaching {tier.text}"
        case _:
            assert_never(what)


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
        case tree.ExpectAward(quantity, rule):
            what = value(quantity) + behind("from", rule)
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
