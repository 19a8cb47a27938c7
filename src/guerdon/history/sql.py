"""How names, texts and DuckDB's complaints are written."""

from __future__ import annotations

import re


def name(word: str) -> str:
    """A name as SQL quotes it."""
    return '"' + word.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text constant as SQL quotes it."""
    return "'" + value.replace("'", "''") + "'"


def complaint(error: Exception) -> str:
    """DuckDB's message in one line, without its class and without the place in our query."""
    said = re.split(r"\n\s*\n|\nLINE \d+:|Possible [Ss]olution", str(error))[0]
    said = re.sub(r"^(\w+ )+Error: ", "", " ".join(said.split()))
    return said.rstrip(".!")[:300]


def missing_column(error: Exception) -> str | None:
    """The column that DuckDB did not find, where that is what it complains about."""
    found = re.search(r'(?:Referenced column|column named|Column with name|have a column named) "([^"]+)"', str(error))
    return found.group(1) if found and ("not found" in str(error) or "does not" in str(error)) else None
