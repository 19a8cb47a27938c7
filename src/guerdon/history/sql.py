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
    applied = re.match(r"No function matches the given name and argument types '(.+?)\((.*?)\)'", said)
    if applied:
        kinds = " and ".join(kind(each.strip()) for each in re.split(r",\s*(?![^(]*\))", applied[2]))
        return f"`{applied[1]}` does not work on {kinds}"
    said = re.sub(r" when casting from source column \S+$", "", said.rstrip(".!"))
    return (said[:1].lower() + said[1:])[:300]


def is_interrupt(error: Exception) -> bool:
    """Whether somebody interrupted DuckDB, which makes an error of its own of that."""
    return str(error) == "Query interrupted" or type(error).__name__ == "InterruptException"


_KINDS = {
    "VARCHAR": "text",
    "JSON": "text",
    "BOOLEAN": "yes or no",
    "DATE": "a date",
    "TIMESTAMP": "a time without a zone",
    "TIMESTAMP WITH TIME ZONE": "a time",
    "FLOAT": "a binary number",
    "DOUBLE": "a binary number",
    "BLOB": "bytes",
}


def kind(sql_type: str) -> str:
    """A type of SQL in plain words; as it is where there are none."""
    if re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?(_LITERAL)?", sql_type):
        return "a whole number"
    return "a decimal number" if sql_type.startswith("DECIMAL") else _KINDS.get(sql_type, sql_type)


def missing_column(error: Exception) -> str | None:
    """The column that DuckDB did not find, where that is what it complains about."""
    found = re.search(r'(?:Referenced column|column named|Column with name|have a column named) "([^"]+)"', str(error))
    return found.group(1) if found and ("not found" in str(error) or "does not" in str(error)) else None
