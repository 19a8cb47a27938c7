"""Functions of the calendar that a kernel's text calls: restricted Python, taken over as it stands here.

Days are numbers, `base` the ordinal of day 0. Months are counted from March of the year 0,
so that a leap day is the last day of a year.
"""

LAST = 3_652_059
"""The ordinal of the last day of the calendar."""


def month_first(month: int) -> int:
    year = month // 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month % 12) + 2) // 5


def months_on(day: int, months: int, base: int) -> int:
    since = day + base + 305
    era = since // 146097
    of_era = since - era * 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    into = (5 * of_year + 2) // 153
    of_month = of_year - (153 * into + 2) // 5
    month = era * 4800 + year * 12 + into + months
    if month < 10:
        return 1 - base
    first = month_first(month)
    length = month_first(month + 1) - first
    found = first + (of_month if of_month < length else length - 1) - 305
    return (found if found < 3652059 else 3652059) - base


def days_on(day: int, days: int, base: int) -> int:
    found = day + base + days
    found = found if found > 1 else 1
    return (found if found < 3652059 else 3652059) - base
