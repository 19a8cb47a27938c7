"""The zones that a run went by: how far their clocks were ahead of UTC, and from when on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfoNotFoundError

from guerdon.history.clock import changes
from guerdon.study.record.contents import Zone


def zone(name: str, first: int, last: int) -> Zone:
    """The clocks of a zone in some years, the last included, as this installation knows them. Errors: ZoneInfoNotFoundError."""
    offsets = tuple((f"{at:%Y-%m-%dT%H:%M:%SZ}", _ahead(offset)) for at, offset in changes(name, first, last))
    return Zone(database=_database(name), first=first, last=last, offsets=offsets)


def zones(names: Iterable[str], first: int, last: int) -> dict[str, Zone]:
    """The clocks of several zones."""
    return {each: zone(each, first, last) for each in sorted({*names})}


def differing(name: str, then: Zone) -> tuple[str, str] | None:
    """Where the clocks of a zone first differ from those of a record, or else the database that says how they go: as it was, and as it is here; None where nothing does."""
    try:
        now = zone(name, then.first, then.last)
    except (ZoneInfoNotFoundError, ValueError):
        return f"known from {then.first} to {then.last}", "not known"
    was, here = dict(then.offsets), dict(now.offsets)
    at = min((each for each in was.keys() | here.keys() if was.get(each) != here.get(each)), default=None)
    if at is not None:
        told = [f"{of[at]} from {at} on" if at in of else f"no change at {at}" for of in (was, here)]
        return told[0], told[1]
    if then.database == now.database:
        return None
    return then.database, f"{now.database}, with the same clocks from {then.first} to {then.last}"


def year(instant: int) -> int:
    """The year of an instant, in microseconds since 1970 UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).year


def _ahead(offset: timedelta) -> str:
    """An offset as ISO 8601 writes it: `-08:00`, with seconds only where there are some."""
    seconds = int(offset.total_seconds())
    sign, (minutes, rest) = "-" if seconds < 0 else "+", divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")


def _database(name: str) -> str:
    """Which zone database Python reads the zone from: the system's, else the package `tzdata`."""
    for each in map(Path, TZPATH):
        if (each / name).is_file():
            return f"system {_version(each)}".strip()
    try:
        return f"tzdata {metadata.version('tzdata')}"
    except metadata.PackageNotFoundError:
        return ""


def _version(folder: Path) -> str:
    """The version of a zone database, where it says one."""
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8") as lines:
            found = re.match(r"# version (\S+)", next(lines, ""))
    except OSError:
        return ""
    return found[1] if found else ""
