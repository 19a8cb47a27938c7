"""Time zones that a name which is none may mean."""

from __future__ import annotations

import re

from guerdon.text.diagnostic import nearest

CLOCKS = {
    "CET": "Europe/Berlin, Europe/Paris, Europe/Vienna",
    "EET": "Europe/Athens, Europe/Helsinki, Europe/Kyiv",
    "WET": "Europe/Lisbon",
    "GMT": "Europe/London, Africa/Abidjan, UTC",
    "BT": "Europe/London",
    "ET": "America/New_York, America/Toronto",
    "CT": "America/Chicago, America/Mexico_City",
    "MT": "America/Denver, America/Phoenix",
    "PT": "America/Los_Angeles",
    "IT": "Asia/Kolkata",
    "JT": "Asia/Tokyo",
    "AET": "Australia/Sydney, Australia/Brisbane",
}
"""Places whose clock goes by an abbreviation, which is taken without the `S` of standard or summer and the `D` of daylight."""


def zones_meant(written: str) -> list[str]:
    """The zones that are probably meant: by an abbreviation, its words, or the name of a town.

    >>> zones_meant("PST"), zones_meant("Central European Time")
    (['America/Los_Angeles'], ['Europe/Berlin', 'Europe/Paris', 'Europe/Vienna'])
    >>> zones_meant("Vienna"), zones_meant("Mars/Base")
    (['Europe/Vienna'], [])
    """
    from zoneinfo import available_timezones  # only where a zone is wrong

    words = re.findall(r"[A-Za-z]+", written)
    short = (words[0] if len(words) == 1 else "".join(word[0] for word in words)).upper() if words else ""
    clock = CLOCKS.get(short) or CLOCKS.get(re.sub(r"[SD](?=T$)", "", short))
    if clock:
        return clock.split(", ")
    if written.upper() == "UTC":
        return ["UTC"]
    known = sorted(each for each in available_timezones() if "/" in each and not each.startswith("Etc/"))
    towns = {each.rpartition("/")[2]: each for each in reversed(known)}
    name = "_".join(written.split())
    whole, town = nearest(name, known, 0.75), nearest(name.rpartition("/")[2], towns, 0.75)
    return [whole] if whole else [towns[town]] if town else []


def listed(zones: list[str]) -> str:
    """`A`, `B` or `C`."""
    quoted = [f"`{zone}`" for zone in zones]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)
