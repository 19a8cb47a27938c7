"""Where a history was read from, and whether its files are still what was read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from guerdon.text.source import Source


@dataclass(frozen=True, slots=True)
class Origin:
    """The text of a mapping, the folder that its files lie in, and how each file stood just before it was read.

    Units: a file stands by its size in bytes, and when it was last changed, in nanoseconds.
    """

    mapping: Source
    folder: Path
    stood: Mapping[Path, tuple[int, int]]

    def changed(self) -> list[Path]:
        """The files that are not any more what was read."""
        return [path for path, stood in self.stood.items() if _stands(path) != stood]


def origin(mapping: Source, folder: Path, files: Iterable[Path]) -> Origin:
    """Where a history is about to be read from."""
    return Origin(
        mapping, Path(os.path.normpath(folder)), {each: found for each in files if (found := _stands(each)) is not None}
    )


def _stands(path: Path) -> tuple[int, int] | None:
    """How a file stands; None where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
