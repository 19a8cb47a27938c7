"""Writes `docs/errors.md` from the table of codes and the cases beside this file: broken programs, mappings and rows.

`python tests/errors/write_pages.py` writes it; a test says whether it is up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from guerdon.syntax.split import split
from guerdon.text.codes import CODES, Code
from guerdon.text.source import decode

CASES = Path(__file__).resolve().parent
INDEX = CASES.parents[1] / "docs" / "errors.md"
AREAS = {
    "G0": "Text and syntax",
    "G1": "Names",
    "G2": "Values that do not go together",
    "G3": "Declarations",
    "G4": "The life of points and tiers, and how much is tested",
    "G5": "Triggers, the mapping of a history, referrals, streaks and returns",
    "G6": "The rows of a history",
    "G7": "Tests and messages",
    "G8": "States of a session",
    "G9": "Use of the command line",
}
SHORT = 12  # lines; longer programs are shown in part
MOST = 3  # cases shown of one code; the others are in its folders
OPENING = """# Error index

Everything that Guerdon refuses or warns of, by code. A code never changes its meaning; `guerdon code G204` prints
its section. This page is made by `python tests/errors/write_pages.py` from the table of codes and from the cases
under `tests/errors/`, each of which must give just the message that is shown here.
"""


def pages() -> str:
    """The whole index."""
    return "\n".join([OPENING, *_contents(), *(_section(code, about) for code, about in sorted(CODES.items()))])


def _contents() -> Iterator[str]:
    for area, title in AREAS.items():
        yield f"**{title}**\n"
        for code, about in sorted(CODES.items()):
            if code.startswith(area):
                yield f"- [{code}](#{_anchor(code, about)}) {about.title}"
        yield ""


def _anchor(code: str, about: Code) -> str:
    """The anchor that a heading gets: small letters, hyphens for spaces, other signs left out."""
    heading = f"{code} {about.title}".lower().replace(" ", "-")
    return "".join(each for each in heading if each.isalnum() or each in "-_")


def _section(code: str, about: Code) -> str:
    """The meaning, the first case's program with its messages, the messages of the other cases, the mend."""
    kind = "" if about.severity == "error" else f"A {about.severity}. "
    lines = [f"## {code} {about.title}\n", f"{kind}{about.meaning}\n"]
    first, *others = [*cases(code)[:MOST], None]
    if first is not None:
        lines += [
            *(_block(each) for each in shown(first)),
            "gives\n" if len(others) < 2 else "gives, and others like it give\n",
        ]
    for case in (first, *others):
        if case is not None:
            lines.append(_block((case / "message.txt").read_text(encoding="utf-8")))
    return "\n".join([*lines, f"{about.mend}\n"])


def cases(code: str) -> list[Path]:
    """The folders with the cases of a code."""
    return sorted(path.parent for path in CASES.glob(f"{code}-*/message.txt"))


def shown(case: Path) -> Iterator[str]:
    """What of a case gives its message: the command; the program, the mapping, or the rows."""
    if (case / "command").exists():
        yield f"$ guerdon {(case / 'command').read_text(encoding='utf-8').strip()}"
    if (case / "history.yaml").exists():
        sources = [case / "history.yaml", *case.glob("*.sql")] if case.name[1] == "5" else _tables(case)
        yield from (path.read_bytes().decode("utf-8", "replace").rstrip() for path in sources if path.exists())
    elif (case / "program.guerdon").exists() and not case.name.startswith("G9"):
        yield excerpt(case)


def _tables(case: Path) -> list[Path]:
    """The tables of a case, or the queries that make them."""
    return sorted(path for path in case.iterdir() if path.suffix in (".csv", ".jsonl", ".sql"))


def excerpt(case: Path) -> str:
    """The program, or of a longer one the declarations that its messages point at."""
    data = (case / "program.guerdon").read_bytes()
    text = decode(
        "program.guerdon", data.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}").encode()
    )
    lines = [line if len(line) <= 120 else f"{line[:100]} ..." for line in text.text.splitlines()]
    if len(lines) <= SHORT:
        return "\n".join(lines)
    marked = _lines(case)
    starts = [piece.line for piece in split(text).pieces]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    shown: list[str] = []
    for start, end in zip(starts, ends, strict=True):
        if any(start <= line <= end for line in marked):
            shown += [*([""] if shown else []), *lines[start - 1 : end]]
            while not shown[-1].strip():
                shown.pop()
    return "\n".join(shown or lines[:SHORT])


def _lines(case: Path) -> list[int]:
    """The numbers of the program's lines that its messages show."""
    shown = (case / "message.txt").read_text(encoding="utf-8").splitlines()
    return [int(line.split("|")[0]) for line in shown if "|" in line and line.split("|")[0].strip().isdigit()]


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    INDEX.write_text(pages(), encoding="utf-8")
