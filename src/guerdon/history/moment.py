"""How an instant is read, as SQL: from a timestamp, a date or a text, by the clock of a zone.

The SQL of a moment is in layers, each a column that the next may name: the value as
mapped (`r`), a text taken apart (`p`), local microseconds (`l`), and the instant where
the value itself names its zone (`u`).
"""

from __future__ import annotations

from dataclasses import dataclass

from guerdon.history.clock import SKIPPED, TWICE
from guerdon.history.fault import Fault
from guerdon.history.reading import Check, Reading, Unreadable, is_text
from guerdon.history.sql import kind as said
from guerdon.program.time import FIRST_YEAR, LAST_YEAR

_FIRST, _LAST = f"TIMESTAMP '{FIRST_YEAR:04}-01-02'", f"TIMESTAMP '{LAST_YEAR:04}-12-30'"
_NONE = "CAST(NULL AS BIGINT)"
_DAY, _CLOCK = r"\d{4}-\d{2}-\d{2}", r"(?:[01]\d|2[0-3]):[0-5]\d"
_ZONE = r"\s?[Zz]|\s?[+-](?:0\d|1[0-8])(?::?[0-5]\d)?"
_SHAPE = rf"^({_DAY})(?:[T ]({_CLOCK})(:[0-5]\d)?(\.\d{{1,12}})?)?({_ZONE})?$"


@dataclass(frozen=True, slots=True)
class Clock:
    """What times without a zone and days without a time mean.

    Shape: `zone` is the source's (None: not said), `change` what to do where its clock
    changed (refuse, earlier, later). A day is the program's: it starts in `day_zone` at
    `day_start` (microseconds after midnight).
    """

    zone: str | None
    change: str
    day_zone: str
    day_start: int


@dataclass(frozen=True, slots=True)
class Moment:
    """SQL of a time: local microseconds or, where its zone is in the value itself, the instant.

    Shape: `zone` is whose clock `local` was read from (None: never local); `is_day` says
    whether only a date was given, which means the start of that day of the program's.
    """

    column: str  # what its layers' names end in
    parsed: str
    local: str
    instant: str
    is_day: str
    zone: str | None
    clock: Clock
    checks: tuple[Check, ...]

    @property
    def layers(self) -> tuple[str, str, str]:
        """The select lists of the three layers."""
        at = self.column
        return f"{self.parsed} AS p{at}", f"{self.local} AS l{at}", f"{self.instant} AS u{at}"

    @property
    def value(self) -> str:
        """SQL of the instant in microseconds; `z` and `d` are the intervals of a time and of a day's start."""
        at, clock = self.column, self.clock
        shift = f"z{at}.{'later' if clock.change == 'later' else 'earlier'}"
        time = f"l{at} - {shift}" if self.zone else _NONE
        skipped = f"d{at}.start - d{at}.later"  # the instant at which the clock skipped the day's start
        shown = f"l{at} + {clock.day_start} - d{at}.earlier"
        day = f"CASE WHEN d{at}.kind = {SKIPPED} THEN {skipped} ELSE {shown} END" if self.may_be_day else _NONE
        return f"coalesce(u{at}, CASE WHEN {self.is_day} THEN {day} ELSE {time} END)"

    @property
    def may_be_day(self) -> bool:
        return self.is_day != "false"

    @property
    def zones(self) -> tuple[tuple[str, str, int], ...]:
        """The intervals that `value` needs: name, zone, and microseconds after the local time `l`."""
        time = ((f"z{self.column}", self.zone, 0),) if self.zone else ()
        day = ((f"d{self.column}", self.clock.day_zone, self.clock.day_start),) if self.may_be_day else ()
        return time + day


def moment(at: str, sql_type: str, field: str, clock: Clock) -> Moment:
    """The moment in column `r` + `at`.

    Errors: G610 not a time, G611 no zone, G612 and G613 where the clock changed, G614 finer
    than microseconds; Unreadable G527, G528.
    """
    if sql_type == "TIMESTAMP WITH TIME ZONE":
        naive = f"CASE WHEN isfinite(r{at}) THEN make_timestamp(epoch_us(r{at})) END"
        return Moment(
            at,
            "NULL",
            _NONE,
            f"CASE WHEN isfinite(r{at}) THEN epoch_us(r{at}) END",
            "false",
            None,
            clock,
            (_bounds(naive, at, field),),
        )
    if sql_type == "DATE":
        return _local(at, "true", field, clock, None, ())
    if sql_type.startswith("TIMESTAMP"):
        return _naive(at, sql_type, field, clock)
    if is_text(sql_type) or sql_type == '"NULL"':
        return _from_text(at, field, clock)
    raise Unreadable(
        "G528",
        f"`{field}` needs a time, but this gives {said(sql_type)}",
        "compute it with SQL; seconds since 1970: `to_timestamp(COLUMN)`",
    )


def timestamp(r: str, sql_type: str, column: str, *, zoned: bool) -> Reading:
    """A declared column as an SQL timestamp: naive, or an instant where `zoned`. Errors: G610; Unreadable G528."""
    if sql_type.startswith("TIMESTAMP") or sql_type == "DATE":
        if zoned != sql_type.endswith("ZONE"):
            raise Unreadable(
                "G528", f"`{column}` holds {said(sql_type)}", f"declare `timestamp{'' if zoned else ' with zone'}`"
            )
        return Reading(r if sql_type != "DATE" else f"CAST({r} AS TIMESTAMP)")
    shape = rf"{_DAY}[T ]{_CLOCK}(:[0-5]\d(\.\d{{1,6}}0*)?)?({_ZONE if zoned else ''})"
    value = f"CASE WHEN regexp_full_match(trim({r}), '{shape}') THEN TRY_CAST(trim({r}) AS TIMESTAMP{'TZ' if zoned else ''}) END"
    wanted = f"a date and time {'with' if zoned else 'without'} a zone was expected"
    other = Fault(
        "G610", f"`{column}` is {{value}}: {wanted}", f"write it as 2026-03-02T14:30:00{'Z' if zoned else ''}"
    )
    return Reading(value, ((f"{r} IS NOT NULL AND {value} IS NULL", other),))


def _naive(at: str, sql_type: str, field: str, clock: Clock) -> Moment:
    if clock.zone is None:
        raise Unreadable(
            "G527",
            f"`{field}` is a time without a zone, and the source does not say whose clock it is",
            "add the line `timezone: UTC` (or another zone) to the source",
        )
    fine = (
        ((f"isfinite(r{at}) AND epoch_ns(r{at}) % 1000 <> 0", _too_fine(field)),) if sql_type == "TIMESTAMP_NS" else ()
    )
    return _local(at, "false", field, clock, clock.zone, fine)


def _local(at: str, is_day: str, field: str, clock: Clock, zone: str | None, checks: tuple[Check, ...]) -> Moment:
    finite = f"CASE WHEN isfinite(r{at}) THEN CAST(r{at} AS TIMESTAMP) END"
    changed = _clock_checks(at, is_day, zone, field, clock) if zone else ()
    return Moment(
        at,
        finite,
        f"epoch_us(p{at})",
        _NONE,
        is_day,
        zone,
        clock,
        (_bounds(f"p{at}", at, field), *checks, *changed),
    )


def _from_text(at: str, field: str, clock: Clock) -> Moment:
    parts = f"regexp_extract(trim(r{at}), '{_SHAPE}', ['day', 'minute', 'second', 'fraction', 'zone'])"
    p, zone, is_day = f"p{at}", clock.zone or clock.day_zone, f"(p{at}.minute = '')"
    whole = f"TRY_CAST({p}.day || ' ' || coalesce(nullif({p}.minute, ''), '00:00') || coalesce(nullif({p}.second, ''), ':00') AS TIMESTAMP)"
    local = f"(epoch_us({whole}) + TRY_CAST(rpad(substr({p}.fraction, 2, 6), 6, '0') AS BIGINT))"
    checks: list[Check] = [
        (f"r{at} IS NOT NULL AND l{at} IS NULL", _not_a_time(field)),
        (f"regexp_matches(substr({p}.fraction, 8), '[1-9]')", _too_fine(field)),
        _bounds(f"make_timestamp(l{at})", at, field),
        *_clock_checks(at, is_day, zone, field, clock),
    ]
    if clock.zone is None:
        checks.append((f"u{at} IS NULL AND NOT {is_day}", _no_zone(field)))
    return Moment(at, parts, local, f"(l{at} - {_offset(p)})", is_day, zone, clock, tuple(checks))


def _offset(p: str) -> str:
    """Microseconds that a written zone is ahead of UTC; NULL where none is written."""
    zone = f"replace(upper(trim({p}.zone)), ':', '')"
    minutes = f"(TRY_CAST(substr({zone}, 2, 2) AS BIGINT) * 60 + coalesce(TRY_CAST(substr({zone}, 4, 2) AS BIGINT), 0))"
    return f"CASE {zone}[1] WHEN 'Z' THEN 0 WHEN '+' THEN {minutes} * 60000000 WHEN '-' THEN {minutes} * -60000000 END"


def _clock_checks(at: str, is_day: str, zone: str, field: str, clock: Clock) -> tuple[Check, ...]:
    """Local times that the clock skipped or showed twice, unless the source says which is meant."""
    if clock.change != "refuse":
        return ()
    local = f"u{at} IS NULL AND NOT {is_day}"
    said = "say `clock_change: earlier` or `later` for the source, or give times with their zone"
    skipped = Fault("G612", f"`{field}` is {{value}}, which the clock in {zone} skipped", said)
    twice = Fault("G613", f"`{field}` is {{value}}, which the clock in {zone} showed twice", said)
    return (f"{local} AND z{at}.kind = {SKIPPED}", skipped), (f"{local} AND z{at}.kind = {TWICE}", twice)


def _bounds(timestamp: str, at: str, field: str) -> Check:
    return f"r{at} IS NOT NULL AND NOT coalesce({timestamp} BETWEEN {_FIRST} AND {_LAST}, false)", _not_a_time(field)


def _not_a_time(field: str) -> Fault:
    return Fault(
        "G610",
        f"`{field}` is {{value}}: a date and time was expected",
        "write it as 2026-03-02T14:30:00Z, without the Z where the source has a `timezone`, or as a day alone, 2026-03-02; another layout is read "
        "with SQL, such as `strptime(COLUMN, '%d.%m.%Y %H:%M')`",
    )


def _no_zone(field: str) -> Fault:
    message = f"`{field}` is {{value}}: a time without a zone, and the source does not say whose clock it is"
    return Fault("G611", message, "add `timezone: UTC` (or another zone) to the source")


def _too_fine(field: str) -> Fault:
    return Fault("G614", f"`{field}` is {{value}}: finer than a microsecond", "round it to microseconds")
