"""Whether the files of a record are what they were when it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from guerdon.study.record import digest
from guerdon.study.record.contents import CONTENTS, SEAL, File, Record
from guerdon.study.record.keep import sealed
from guerdon.text.diagnostic import Diagnostic

_OTHER_DATA = "name with `--data` the folder that holds the files as they were when the record was made"
_ANOTHER = "get the record from where it was kept; what it says now was not what was run"


def unsealed(folder: Path, seal: str) -> list[Diagnostic]:
    """What is wrong where the seal of a record is not that of its `record.json`; its bytes are compared, every one. Errors: OSError."""
    try:
        kept = (folder / SEAL).read_bytes()
    except FileNotFoundError:
        return [
            Diagnostic("G952", f"`{SEAL}` is missing, so that nothing says what `{CONTENTS}` was", help=(_ANOTHER,))
        ]
    if kept == sealed(seal).encode():
        return []
    return [Diagnostic("G952", f"`{CONTENTS}` or `{SEAL}` changed: the one does not fit the other", help=(_ANOTHER,))]


def inside(folder: Path, record: Record) -> list[Diagnostic]:
    """Files of a record that changed, are missing, or were added. Errors: OSError."""
    said = record.inside()
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()
    }
    added = sorted(there - said.keys() - {CONTENTS, SEAL})
    return [*changed(folder, said, ""), *(_of(each, "is not in the record that was made") for each in added)]


def changed(folder: Path, said: Mapping[str, File], where: str) -> list[Diagnostic]:
    """Files that are not what is said of them; `where` says, behind their names, which folder it is. Errors: OSError."""
    return [*_changed(folder, sorted(said.items()), where)]


def _changed(folder: Path, said: Iterable[tuple[str, File]], where: str) -> Iterator[Diagnostic]:
    help = _OTHER_DATA if where else _ANOTHER
    for name, was in said:
        path = folder / name
        if not path.is_file():
            yield _of(name, f"is missing{where}", help)
            continue
        now = digest.file(path)
        if now.bytes != was.bytes:
            yield _of(name, f"changed{where}: it had {was.bytes:,} bytes and has {now.bytes:,}", help)
        elif now != was:
            yield _of(name, f"changed{where}: it has as many bytes, and another SHA-256", help)


def _of(name: str, what: str, help: str = _ANOTHER) -> Diagnostic:
    return Diagnostic("G952", f"`{name}` {what}", help=(help,))
