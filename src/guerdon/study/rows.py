"""The rows of each result table, in order, as they come out of a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache

from guerdon.ledger.entries import Holding
from guerdon.program.printed import fingerprint
from guerdon.reference.posted import Posted
from guerdon.study.funding import funding
from guerdon.study.lots import lots
from guerdon.study.schema import WHOLE_DIGITS

Row = tuple[str | int | Fraction | None, ...]
"""Shape: the columns of a table; quantities as Fraction, instants in microseconds since 1970 UTC."""


class TooLarge(Exception):
    """A quantity that a result table has no room for."""


def rows(posted: Posted, table: str) -> Iterator[Row]:
    """The rows of a result table.

    Shape: awards, postings, funding, refusals, effects, offers and ranks in the order in which they were posted; lots in
    that of their first posting; balances by member and unit; tiers by member, ladder and
    time; rejected rows as they were set aside.
    """
    return _ROWS[table](posted)


def _awards(posted: Posted) -> Iterator[Row]:
    program = fingerprint(posted.program)
    for award in posted.ledger.awards:
        yield (
            award.id,
            award.member,
            award.event,
            award.rule,
            award.unit,
            award.quantity,
            exact(award.exact),
            exact(award.dropped),
            award.cut,
            award.at,
            award.spendable_from,
            award.expires,
            program,
            award.of,
        )


def _balances(posted: Posted) -> Iterator[Row]:
    """Also of those who were awarded something of which rounding and limits left nothing."""
    held, units = posted.ledger.holdings(posted.until), posted.program.units
    for award in posted.ledger.awards:
        if units[award.unit].spendable:
            held.setdefault((award.member, award.unit), Holding())
    for member, unit in sorted(held):
        holding = held[member, unit]
        yield member, unit, holding.balance, holding.pending, posted.until


def _lots(posted: Posted) -> Iterator[Row]:
    for each in lots(posted.ledger, posted.until):
        yield (
            each.id,
            each.member,
            each.unit,
            each.granted,
            each.remaining,
            each.spent,
            each.expired,
            each.taken_back,
            each.transferred,
            each.repaid,
            each.at,
            each.spendable_from,
            each.expires,
        )


def _postings(posted: Posted) -> Iterator[Row]:
    for each in posted.ledger.postings:
        yield (
            each.holder,
            each.unit,
            each.lot,
            each.source.value,
            each.target.value,
            each.quantity,
            each.at,
            each.event,
            each.reason,
        )


def _funding(posted: Posted) -> Iterator[Row]:
    for each in funding(posted.ledger.awards, posted.program):
        yield each.award.id, each.partner, each.award.unit, each.quantity


def _tiers(posted: Posted) -> Iterator[Row]:
    held = posted.ledger.standings(posted.until)
    for each in sorted(held, key=lambda standing: (standing.member, standing.ladder, standing.since)):
        yield each.member, each.ladder, each.tier, each.since, each.before, each.reason


def _refused(posted: Posted) -> Iterator[Row]:
    for each in posted.ledger.refusals:
        yield each.member, each.event, each.unit, each.quantity, each.at, each.reason, each.rule


def _effects(posted: Posted) -> Iterator[Row]:
    for each in posted.ledger.effects:
        yield each.id, each.member, each.event, each.rule, each.kind, each.text, each.at


def _offers(posted: Posted) -> Iterator[Row]:
    for each in posted.ledger.offers:
        yield each.member, each.offer, each.opened, each.state, each.event, each.at, each.closes


def _ranks(posted: Posted) -> Iterator[Row]:
    for each in posted.ledger.ranks:
        value = each.value.isoformat() if isinstance(each.value, date) else exact(Fraction(each.value))
        yield each.member, each.measure, each.at, value, each.rank, each.among


def _rejected(posted: Posted) -> Iterator[Row]:
    for each in posted.rejections:
        file, row = (each.place.file, each.place.row) if each.place else (None, None)
        yield (
            each.code,
            each.message,
            each.event,
            file,
            row,
            json.dumps(dict(each.source), ensure_ascii=False, default=_json),
        )


_ROWS: dict[str, Callable[[Posted], Iterator[Row]]] = {
    "awards": _awards,
    "balances": _balances,
    "lots": _lots,
    "postings": _postings,
    "funding": _funding,
    "tiers": _tiers,
    "refused": _refused,
    "effects": _effects,
    "offers": _offers,
    "ranks": _ranks,
    "rejected": _rejected,
}


def _json(value: object) -> str:
    """What JSON has no word for, as text."""
    return exact(value) if isinstance(value, Fraction) else str(value)


def exact(number: Fraction) -> str:
    """A number as the shortest exact text: `7.49`, or `22/3` where decimals have no end."""
    places = _places(number.denominator)
    if places is None:
        return f"{number.numerator}/{number.denominator}"
    return _pointed(number.numerator * 10**places // number.denominator, places)


@cache
def _places(denominator: int) -> int | None:
    """The decimals that a fraction in lowest terms needs; None where they have no end."""
    return next((places for places in range(denominator.bit_length()) if 10**places % denominator == 0), None)


def decimal(number: Fraction, places: int) -> str:
    """A number with exactly so many decimals, as text.

    Errors: TooLarge where it has more decimals, or more digits before them than are stored.
    """
    scaled, rest = divmod(number.numerator * 10**places, number.denominator)
    if rest or abs(scaled) >= 10 ** (WHOLE_DIGITS + places):
        fault = (
            "is finer than any unit of the program" if rest else f"has more than {WHOLE_DIGITS} digits before the point"
        )
        raise TooLarge(f"{exact(number)} {fault}, and results have no room for it")
    return _pointed(scaled, places)


def _pointed(scaled: int, places: int) -> str:
    """A whole number with the point set so many digits from the right."""
    if not places:
        return str(scaled)
    digits = str(abs(scaled)).zfill(places + 1)
    return f"{'-' if scaled < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def instant(microseconds: int) -> str:
    """An instant in ISO 8601, in UTC with Z; parts of a second only where there are some."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
