"""The page of a code: its section of the error index, as `guerdon code` prints it."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve()
INSTALLED = HERE.parents[1] / "errors.md"
CHECKOUT = HERE.parents[3] / "docs" / "errors.md"


def page(code: str) -> str | None:
    """The section of a code, from its heading to before the next; None where there is none.

    Errors: OSError where neither the installed index nor the checkout's can be read.
    """
    index = INSTALLED if INSTALLED.exists() else CHECKOUT
    return section(index.read_text(encoding="utf-8"), code.upper())


def section(index: str, code: str) -> str | None:
    """The part of an index under the heading of this code.

    >>> section("# Index\\n\\n## G001 one\\n\\nFirst.\\n\\n## G002 two\\n\\nSecond.\\n", "G001")
    '## G001 one\\n\\nFirst.\\n'
    """
    for part in ("\n" + index).split("\n## ")[1:]:
        if part.split(maxsplit=1)[0] == code:
            return f"## {part.rstrip()}\n"
    return None
