"""Which files a source means. They lie in the history's folder, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

from guerdon.text.diagnostic import Diagnostic, nearest
from guerdon.text.source import Span

FORMATS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


def find(folder: Path, pattern: str, span: Span) -> tuple[list[Path], list[Diagnostic]]:
    """The files that a pattern names, sorted; none where something is wrong.

    Errors: G511 none found, G512 not a table, or outside of the folder.
    """
    wrong = _refused(pattern)
    if wrong:
        message, help = wrong
        return [], [Diagnostic("G512", message, span, help=(help,))]
    folder = Path(os.path.normpath(folder))
    found = sorted(folder.glob(pattern)) if "*" in pattern else [folder / pattern]
    present = [each for each in found if each.exists()]
    if not present:
        return [], [_absent(folder, pattern, span)]
    faults = [fault for each in present if (fault := _not_a_table(folder, each, span))]
    return ([] if faults else present), faults


def _refused(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a name before anything is looked for, and what to do."""
    if "://" in pattern:
        return f"`{pattern}` is an address: only files of this computer are read", "download the file and name it here"
    if not pattern.strip() or "\0" in pattern:
        return "a file needs a name", "name a .csv, .jsonl, .ndjson or .parquet file"
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        help = "say where the files are with `folder:`, and name them from there"
        return f"`{pattern}` leads out of the history's folder", help
    return None


def _absent(folder: Path, pattern: str, span: Span) -> Diagnostic:
    beside = (folder / pattern).parent
    names = [each.name for each in beside.iterdir()] if beside.is_dir() and "*" not in pattern else []
    close = nearest(Path(pattern).name, names)
    advice = [f"did you mean `{Path(pattern).with_name(close).as_posix()}`?"] if close else []
    return Diagnostic(
        "G511",
        f"there is no file `{pattern}`",
        span,
        "looked in this folder" if folder == Path() else f"looked in {folder}",
        help=(*advice, "names are seen from the folder of history.yaml, or from its `folder:`"),
    )


def _not_a_table(folder: Path, path: Path, span: Span) -> Diagnostic | None:
    if not path.resolve().is_relative_to(folder.resolve()):
        return Diagnostic(
            "G512",
            f"`{path.name}` is a link that leads out of the history's folder",
            span,
            help=("put the file itself there, or say `folder:`",),
        )
    if path.is_dir():
        return Diagnostic(
            "G512",
            f"`{path.name}` is a folder, not a file",
            span,
            help=("for all files in it, write for example `" + path.name + "/*.parquet`",),
        )
    if path.suffix.lower() not in FORMATS:
        return Diagnostic(
            "G512",
            f"`{path.name}` is not a table that can be read",
            span,
            help=(
                "save the sheet as CSV UTF-8, and name that file"
                if path.suffix.lower() in (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
                else "give a .csv, .jsonl, .ndjson or .parquet file",
            ),
        )
    if path.stat().st_size == 0:
        return Diagnostic(
            "G513", f"`{path.name}` is empty", span, help=("a CSV file begins with a row of column names",)
        )
    return None
