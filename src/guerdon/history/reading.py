"""How a column's value is read, as SQL: the exact value, and what is wrong where there is none.

Nothing is rounded on the way: a value that does not fit is a fault. The SQL of a
value never fails; it is NULL where the value is missing or one of the faults holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from guerdon.history.fault import Fault
from guerdon.history.sql import kind as said
from guerdon.program.time import FIRST_YEAR, LAST_YEAR

Check = tuple[str, Fault]  # a condition in SQL, and what is wrong where it holds

LARGEST = 10**18 - 1  # eighteen digits, which 64 bits hold
_EXACT_IN_DOUBLE = 2**53


@dataclass(frozen=True, slots=True)
class Reading:
    """SQL of a value as it is stored, what may be wrong, and the fact that a stored value is (None: itself)."""

    value: str
    checks: tuple[Check, ...] = ()
    fact: Callable[[Iterable[object]], list[object]] | None = None


class Unreadable(Exception):
    """A column whose type can never give what is asked for: a code, why, and what to write."""

    def __init__(self, code: str, message: str, help: str) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


def is_text(sql_type: str) -> bool:
    return sql_type in ("VARCHAR", "JSON", "UUID") or sql_type.startswith("ENUM")


def is_whole(sql_type: str) -> bool:
    return re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", sql_type) is not None


def is_binary_float(sql_type: str) -> bool:
    return sql_type in ("FLOAT", "DOUBLE")


def decimals(sql_type: str) -> tuple[int, int] | None:
    """Digits and decimals of a DECIMAL type."""
    found = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", sql_type)
    return (int(found[1]), int(found[2])) if found else None


# ---------------------------------------------------------------- numbers


def steps(r: str, sql_type: str, places: int, field: str) -> Reading:
    """The number of steps of 10**-places, in 64 bits.

    Errors: G603 not a number, G604 more decimals, G605 too large; Unreadable G526 for binary floats.
    """
    if is_whole(sql_type):
        return _whole_steps(r, places, field)
    exact = decimals(sql_type)
    if exact and exact[0] - exact[1] + places <= 18 and exact[1] <= places:  # whatever it holds, it fits
        return Reading(f"CAST(CAST({r} AS DECIMAL(38,{exact[1]})) * {10**places} AS BIGINT)")
    if exact and exact[1] <= places and exact[0] + places <= 38:
        return _sized(f"CAST(CAST({r} AS DECIMAL(38,{exact[1]})) * {10**places} AS HUGEINT)", r, field)
    if exact or is_text(sql_type):
        return _digits(f"CAST({r} AS VARCHAR)", places, field)
    raise _not_exact(sql_type, field, places)


def number(r: str, sql_type: str, field: str, *, percent: bool = False) -> Reading:
    """The digits of a decimal number, as text; with `percent` a sign may follow.

    Errors: G603 not a number, G605 more than 18 digits on either side of the point; Unreadable G526 for binary floats.
    """
    if is_binary_float(sql_type):
        raise _not_exact(sql_type, field, None)
    if not (is_text(sql_type) or is_whole(sql_type) or decimals(sql_type)):
        raise _other(sql_type, "a number", field)
    digits = f"trim(CAST({r} AS VARCHAR))"
    sign = r"\s?%" if percent else ""
    shape = rf"[+-]?\d+(\.\d+)?({sign})?"
    size = rf"[+-]?0*\d{{1,18}}(\.\d{{1,18}}0*)?({sign})?"
    checks = (
        (_wrong_shape(r, digits, shape), _not_a_number(field)),
        (f"{r} IS NOT NULL AND NOT regexp_full_match({digits}, '{size}')", _too_large(field)),
    )
    return Reading(digits, checks)


def _whole_steps(r: str, places: int, field: str) -> Reading:
    most = LARGEST // 10**places
    value = f"CASE WHEN {r} BETWEEN {-most} AND {most} THEN CAST({r} AS BIGINT) * {10**places} END"
    return Reading(value, ((f"{r} NOT BETWEEN {-most} AND {most}", _too_large(field)),))


def _sized(value: str, r: str, field: str) -> Reading:
    sized = f"CAST(TRY_CAST({value} AS DECIMAL(18,0)) AS BIGINT)"
    return Reading(sized, ((f"{r} IS NOT NULL AND {sized} IS NULL", _too_large(field)),))


def _digits(r: str, places: int, field: str) -> Reading:
    digits = f"trim({r})"
    whole, decimal = f"split_part({digits}, '.', 1)", f"rtrim(split_part({digits}, '.', 2), '0')"
    value = f"CAST(TRY_CAST({whole} || rpad({decimal}, {places}, '0') AS DECIMAL(18,0)) AS BIGINT)"
    fits = f"CASE WHEN regexp_full_match({digits}, '[+-]?\\d{{1,400}}(\\.\\d+)?') AND length({decimal}) <= {places} THEN {value} END"
    longer = Fault(
        "G604",
        f"`{field}` is {{value}}: it may have {_places(places)}",
        f"round it in the data, or in history.yaml: `round(cast(COLUMN as decimal(18, 6)), {places})`",
    )
    checks = (
        (_wrong_shape(r, digits, r"[+-]?\d+(\.\d+)?"), _not_a_number(field)),
        (f"length({decimal}) > {places}", longer),
        (f"{r} IS NOT NULL AND {value} IS NULL", _too_large(field)),
    )
    return Reading(fits, checks)


def from_float(r: str, places: int, field: str) -> Reading:
    """The decimal that a binary float stands for.

    Shape: the nearest multiple of 10**-places, if the float is that number but for its own noise.
    Errors: G603 infinite or not a number, G605 too large to know its decimals, G620 another number.
    """
    scale = f"{10**places}"
    value = f"TRY_CAST({r} AS DECIMAL(18,{places}))"
    noise = f"abs({r} * {scale} - round({r} * {scale}))"
    other = Fault(
        "G620",
        f"`{field}` is {{value}}: it may have {_places(places)}",
        declare_more(field, places),
    )
    checks = (
        (f"NOT isfinite({r})", _not_a_number(field)),
        (f"abs({r}) * {scale} >= {_EXACT_IN_DOUBLE} OR ({r} IS NOT NULL AND {value} IS NULL)", _too_large(field)),
        (f"{noise} > 1e-6 AND CAST({value} AS DOUBLE) <> {r}", other),
    )
    return Reading(value, checks)


def declare_more(column: str, places: int) -> str:
    """What to do about a declared column with more decimals than it may have."""
    return f"declare more, such as `decimal {places + 2}`, and round where it is used: `round({column}, {places})`"


def non_negative(reading: Reading, field: str) -> Reading:
    """The same, with what lies below zero refused (G606)."""
    below = Fault(
        "G606",
        f"`{field}` is {{value}}: it can't be below zero",
        "what is given back is an event of its own, such as a return; leave such rows out here with `where`",
    )
    return Reading(reading.value, (*reading.checks, (f"({reading.value}) < 0", below)))


def _wrong_shape(r: str, digits: str, shape: str) -> str:
    return f"{r} IS NOT NULL AND NOT regexp_full_match({digits}, '{shape}')"


def _not_a_number(field: str) -> Fault:
    return Fault(
        "G603",
        f"`{field}` is {{value}}: a number was expected",
        "write digits and at most one point, such as 12.50; no thousands separators, no currency",
    )


def _too_large(field: str) -> Fault:
    return Fault("G605", f"`{field}` is {{value}}: too many digits", "at most 18 digits can be kept exactly")


def _places(places: int) -> str:
    return "no decimals" if places == 0 else "at most one decimal" if places == 1 else f"at most {places} decimals"


def _not_exact(sql_type: str, field: str, places: int | None) -> Unreadable:
    if not is_binary_float(sql_type):
        return _other(sql_type, "a number", field)
    kind = "number" if places is None else f"decimal {places}"
    return Unreadable(
        "G526",
        f"`{field}` would be read from binary floating point ({sql_type}), which holds most decimals only nearly",
        f"say in the source which decimals are meant: `columns: {{COLUMN: {kind}}}`",
    )


# ---------------------------------------------------------------- other kinds


def words(r: str, sql_type: str, field: str) -> Reading:
    """Any text; whole numbers and dates as they print. Errors: Unreadable G526, G528."""
    if is_binary_float(sql_type):
        raise Unreadable(
            "G526",
            f"`{field}` would be read from binary floating point ({sql_type}), where 17 becomes 17.0",
            "say in the source how it is written: `columns: {COLUMN: whole}`",
        )
    if sql_type == "BLOB" or re.search(r"\[\]|STRUCT|MAP|UNION|BIT", sql_type):
        raise _other(sql_type, "text", field)
    return Reading(f"CAST({r} AS VARCHAR)")


def identity(r: str, sql_type: str, field: str) -> Reading:
    """A text that names something, in composed form; empty is missing.

    Errors: G616 for characters that can't be seen and spaces around it.
    """
    value = f"nullif(nfc_normalize({words(r, sql_type, field).value}), '')"
    if is_whole(sql_type):
        return Reading(f"CAST({r} AS VARCHAR)")
    hidden = Fault(
        "G616",
        f"`{field}` is {{value}}: a name has no spaces around it and nothing invisible in it",
        "mend it in the data: it would be another name",
    )
    return Reading(value, ((f"regexp_matches({value}, '{_HIDDEN}')", hidden),))


_HIDDEN = r"^[\s\p{Z}]|[\s\p{Z}]$|[\p{Cc}\p{Cf}]|[^\P{Z} \x{3000}]|[\x{34F}\x{115F}\x{1160}\x{2800}\x{3164}\x{FE00}-\x{FE0F}\x{FFA0}]"
"""Spaces around a name; in it controls, format characters, spaces that look like others, and fillers."""


def one_of(r: str, sql_type: str, field: str, choices: tuple[str, ...]) -> Reading:
    """One word of a closed list. Errors: G608, with the nearest word."""
    read = words(r, sql_type, field).value
    listed = ", ".join("'" + each.replace("'", "''") + "'" for each in choices)
    known = ", ".join(choices)
    other = Fault(
        "G608",
        f"`{field}` is {{value}}: it must be one of {known}",
        f"write one of {known}, or add the word to the program",
        choices,
    )
    return Reading(read, ((f"{read} NOT IN ({listed})", other),))


def yes_or_no(r: str, sql_type: str, field: str) -> Reading:
    """Yes or no, true or false, y or n, t or f, 1 or 0. Errors: G615."""
    if sql_type == "BOOLEAN":
        return Reading(r)
    word = f"lower(trim({words(r, sql_type, field).value}))"
    value = f"CASE WHEN {word} IN ('yes','true','y','t','1') THEN true WHEN {word} IN ('no','false','n','f','0') THEN false END"
    other = Fault("G615", f"`{field}` is {{value}}: yes or no was expected", "write yes or no")
    return Reading(value, ((f"{r} IS NOT NULL AND ({value}) IS NULL", other),))


def holds(r: str, sql_type: str, sentence: str) -> Reading:
    """A condition that every row must meet. Errors: G607 where it does not, or can't be judged; Unreadable G525."""
    if sql_type != "BOOLEAN":
        message = f"`{sentence}` gives {said(sql_type)}, not yes or no"
        raise Unreadable("G525", message, "write a condition, such as `quantity > 0`")
    broken = Fault("G607", f"it does not hold that {sentence}", "mend the row, or what `require` asks of it")
    return Reading(r, ((f"NOT coalesce({r}, false)", broken),))


def day(r: str, sql_type: str, field: str) -> Reading:
    """A date; a timestamp without a zone only at midnight. Errors: G609."""
    other = Fault(
        "G609",
        f"`{field}` is {{value}}: a date was expected",
        "write a day of the calendar as year-month-day, such as 2026-03-02",
    )
    if sql_type == "DATE":
        value, wrong = r, f"NOT isfinite({r})"
    elif sql_type.startswith("TIMESTAMP") and "ZONE" not in sql_type:
        value, wrong = f"CAST({r} AS DATE)", f"NOT isfinite({r}) OR CAST({r} AS DATE) <> CAST({r} AS TIMESTAMP)"
    elif is_text(sql_type):
        value, wrong = (
            f"CASE WHEN regexp_full_match(trim({r}), '\\d{{4}}-\\d{{2}}-\\d{{2}}') THEN TRY_CAST(trim({r}) AS DATE) END",
            "false",
        )
    else:
        raise _other(sql_type, "a date", field)
    unread = (
        f"{r} IS NOT NULL AND (({value}) IS NULL OR {wrong} OR year({value}) NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR})"
    )
    return Reading(value, ((unread, other),))


def _other(sql_type: str, wanted: str, field: str) -> Unreadable:
    return Unreadable(
        "G528",
        f"`{field}` needs {wanted}, but this gives {said(sql_type)}",
        "compute it with SQL, such as `cast(COLUMN as text)`"
        if wanted == "text"
        else "compute it with SQL, or map another column",
    )
