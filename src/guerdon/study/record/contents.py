"""What a record says: `record.json`, whose SHA-256 is the seal. The manual documents the format (Commands, guerdon verify)."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guerdon.text.diagnostic import Diagnostic, render

FORMAT = 1
"""Changes when older versions could not read what this one writes."""

CONTENTS, SEAL, MAPPING = "record.json", "record.sha256", "history.yaml"
PROGRAM, DATA, RESULTS = "program", "data", "results"
"""The folders of a record."""


class RecordError(Exception):
    """Why nothing is recorded, or there is no record to verify."""

    def __init__(self, code: str, message: str, *help: str) -> None:
        self.diagnostic = Diagnostic(code, message, help=help)
        super().__init__(render(self.diagnostic))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class File(_Part):
    """A file as it was: its size in bytes, and its SHA-256 in hexadecimal."""

    bytes: int
    sha256: str


class Table(_Part):
    """A result table: how many rows it has, the columns that are hashed, and the SHA-256 of the rows (`digest.table`)."""

    rows: int
    columns: tuple[str, ...]
    sha256: str


class Zone(_Part):
    """The clocks of a zone from the beginning of one year to the end of another: how far they were ahead of UTC, from when on."""

    database: str
    first: int
    last: int
    offsets: tuple[tuple[str, str], ...]


class Ran(_Part):
    """The program that was run: its file, the values that params were given, and what its typed form is printed as and hashed to."""

    name: str
    file: str
    set: dict[str, str]
    printed: str
    fingerprint: str


class Run(_Part):
    """How it was run: the last day that was read, where one was asked for, and on which engine."""

    as_of: date | None
    engine: str


class Data(_Part):
    """The files of the history, by their names in its folder; whether they are inside of the record."""

    inside: bool
    files: dict[str, File]


class Record(_Part):
    """Everything that a record says. `files` are those inside of it but for the data, by their names in its folder."""

    record: int = FORMAT
    program: Ran
    run: Run
    data: Data
    files: dict[str, File]
    tables: dict[str, Table]
    summary: dict[str, Any]
    environment: dict[str, str] = Field(description="Versions of what ran it: told, and no part of what is compared.")
    zones: dict[str, Zone]

    def inside(self) -> dict[str, File]:
        """All files inside of the record that it says anything of."""
        data = self.data.files if self.data.inside else {}
        return self.files | {f"{DATA}/{name}": of for name, of in data.items()}


def understood(text: bytes) -> Record:
    """What a `record.json` says; no name in it leads out of the folder. Errors: RecordError G951."""
    version = _version(text)
    if version is not None and version > FORMAT:
        message = f"the record has format {version}, and this version of guerdon reads {FORMAT}"
        raise RecordError("G951", message, "install the version of guerdon that made the record, or a newer one")
    try:
        found = Record.model_validate_json(text)
    except ValidationError:
        found = None
    if found is None or not _whole(found):
        help = "name a folder that `run --record` made"
        raise RecordError("G951", f"`{CONTENTS}` does not say what a record says", help)
    return found


def _whole(record: Record) -> bool:
    """Whether all that it names lies in its folder, and the files that are run, and the tables, are there."""
    paths = [PurePosixPath(each) for each in (*record.files, *record.data.files)]
    needed = {MAPPING, f"{PROGRAM}/{record.program.file}", *(f"{RESULTS}/{each}.parquet" for each in record.tables)}
    return needed <= record.files.keys() and not any(each.is_absolute() or ".." in each.parts for each in paths)


class _Format(BaseModel):
    record: int


def _version(text: bytes) -> int | None:
    """The format that it says it has."""
    try:
        return _Format.model_validate_json(text).record
    except ValidationError:
        return None


def contents(folder: Path) -> bytes:
    """The bytes of a record's `record.json`. Errors: RecordError G950; OSError."""
    try:
        return (folder / CONTENTS).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        message = f"`{folder}` holds no record: there is no `{CONTENTS}` in it"
        raise RecordError("G950", message, "name a folder that `run --record` made") from None
