"""English: plurals, articles, lists, dates, ordinals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from guerdon.check.wording import plain
from guerdon.program.currency import DECIMALS

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LIKE_A_CONSONANT = ("uni", "use", "usa", "usd", "uti", "eu", "one", "once")
_NOUNS = ("bed", "seed", "feed", "need", "deed", "weed", "breed", "speed", "shed")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_HANGING = ("by", "to", "for", "at", "of", "on", "in", "from", "with", "through", "paid", "spent", "given")


def readable(name: str) -> str:
    """A name of the program as words: `paid_by` is paid by."""
    return name.replace("_", " ").strip() or name


def named(name: str) -> str:
    """A name that stands behind an article or an owner; in quotes where it is no noun.

    >>> named("amount"), named("paid_by"), named("joined")
    ('amount', '“paid by”', '“joined”')
    """
    last = readable(name).split(" ")[-1]
    return quoted(readable(name)) if last in _HANGING or last.endswith("ed") else readable(name)


def happening(name: str) -> str:
    """What one event of a kind is called: `purchase`, `“hosted” event`."""
    said = named(name)
    return f"{said} event" if said.startswith("“") else said


def is_many(noun: str) -> bool:
    """Whether a noun is a plural, as far as its end shows."""
    return noun.endswith("s") and not noun.endswith(("ss", "us", "is"))


def plural(noun: str) -> str:
    """Several of a thing.

    >>> [plural(each) for each in ("star", "penny", "day", "class", "box", "miles", "USD", "collected", "to pay")]
    ['stars', 'pennies', 'days', 'classes', 'boxes', 'miles', 'USD', 'collected', 'to pay']
    """
    no_noun = noun.startswith("to ") or (noun.endswith("ed") and noun not in _NOUNS)
    if noun in DECIMALS or is_many(noun) or no_noun:
        return noun
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "i", "o", "u", ""):
        return f"{noun[:-1]}ies"
    return f"{noun}{'es' if noun.endswith(('s', 'x', 'z', 'ch', 'sh')) else 's'}"


def article(noun: str) -> str:
    """A thing with `a` or `an` before it.

    >>> [article(each) for each in ("star", "event", "unit", "hour")]
    ['a star', 'an event', 'a unit', 'an hour']
    """
    low = noun.lower()
    vowel = low.startswith(("a", "e", "i", "o", "u", "hour", "honest", "heir")) and not low.startswith(
        _LIKE_A_CONSONANT
    )
    return f"{'an' if vowel else 'a'} {noun}"


def amount(much: Fraction, unit: str) -> str:
    """So much of a unit: `1 star`, `5 stars`, `12.50 USD`."""
    if unit in DECIMALS:
        return f"{number(much, DECIMALS[unit])} {unit}"
    return f"{number(much)} {readable(unit) if abs(much) == 1 else plural(readable(unit))}"


def number(of: Fraction, places: int = 0) -> str:
    """A number with its thousands set apart, and so many decimals at least if it has any.

    >>> number(Fraction(2000)), number(Fraction("12.6"), 2), number(Fraction(1, 3))
    ('2,000', '12.60', '1/3')
    """
    written = plain(of)
    if "/" in written:
        return written
    whole, _, decimals = written.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}" + (f".{decimals.ljust(places, '0')}" if decimals else "")


def so_many(number: int, noun: str) -> str:
    """So many of a thing: `1 day`, `30 days`."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def quoted(text: str) -> str:
    """A text or a name that people gave, in quotes."""
    return f"“{text}”"


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, end = list(words) or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def sentence(text: str) -> str:
    """A text as a sentence: it begins with a capital letter and ends with a full stop."""
    text = text.strip()
    end = "" if text.endswith((".", "!", "?", ".”", "!”", "?”")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}"


def ordinal(number: int) -> str:
    """`first`, `second`, `11th`.

    >>> [ordinal(each) for each in (1, 5, 11, 21, 112)]
    ['first', 'fifth', '11th', '21st', '112th']
    """
    if 0 < number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def day(of: date) -> str:
    """A date written out: `6 July 2026`."""
    return f"{of.day} {MONTHS[of.month - 1]} {of.year}"


def days(first: date, last: date) -> str:
    """Days from one through another, each part of the date said once.

    >>> days(date(2026, 7, 6), date(2026, 7, 12))
    'from 6 through 12 July 2026'
    """
    if first == last:
        return f"on {day(first)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"from {first.day} through {day(last)}"
    start = f"{first.day} {MONTHS[first.month - 1]}" if first.year == last.year else day(first)
    return f"from {start} through {day(last)}"


def weekdays(of: Iterable[int]) -> str:
    """Days of the week; a run of three or more from its first through its last."""
    chosen = sorted(set(of))
    if len(chosen) == 7:
        return "on any day of the week"
    run = _run(chosen)
    if run is not None and len(chosen) > 2:
        return f"from {WEEKDAYS[run[0]]} through {WEEKDAYS[run[1]]}"
    return f"on {listed(f'{WEEKDAYS[each]}s' for each in chosen)}"


def _run(chosen: list[int]) -> tuple[int, int] | None:
    """The first and the last of days that follow one another, over Sunday where need be."""
    starts = [each for each in chosen if (each - 1) % 7 not in chosen]
    return (starts[0], (starts[0] + len(chosen) - 1) % 7) if len(starts) == 1 else None


def day_before(of: date) -> date:
    """The last day before one that is excluded."""
    return of - timedelta(days=1)
