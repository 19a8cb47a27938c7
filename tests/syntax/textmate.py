"""As much of TextMate's tokeniser as the highlighting needs: match, begin and end, captures, include.

The patterns keep to what Oniguruma and Python's `re` read alike.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

GRAMMAR = json.loads((Path(__file__).parents[2] / "grammar" / "guerdon.tmLanguage.json").read_text(encoding="utf-8"))
Rule = dict[str, Any]


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def scopes(text: str) -> list[str]:
    """The innermost scope of each character; empty where nothing colours it."""
    open_rules: list[Rule] = []
    found: list[str] = []
    for line in text.split("\n"):
        found += [*_line(line, open_rules), ""]
    return found[:-1]


def _line(line: str, open_rules: list[Rule]) -> list[str]:
    """The scopes of a line; `open_rules` are those begun above that have not ended, and change."""
    colours = [""] * len(line)
    at = 0
    while True:
        rules = open_rules[-1]["patterns"] if open_rules else GRAMMAR["patterns"]
        ends = compiled(open_rules[-1]["end"]).search(line, at) if open_rules else None
        rule, found = _first(_flat(rules), line, at)
        if ends and (found is None or ends.start() <= found.start()):
            open_rules.pop()
            at = ends.end()
            if ends.start() == len(line):
                return colours
        elif rule is None or found is None:
            return colours
        else:
            _colour(colours, found, rule)
            at = found.end()
            open_rules += [rule] if "begin" in rule else []


def _flat(rules: list[Rule]) -> list[Rule]:
    flat: list[Rule] = []
    for rule in rules:
        if "include" in rule:
            flat += _flat([GRAMMAR["repository"][rule["include"].removeprefix("#")]])
        elif "patterns" in rule and "begin" not in rule:
            flat += _flat(rule["patterns"])
        else:
            flat.append(rule)
    return flat


def _first(rules: list[Rule], line: str, at: int) -> tuple[Rule | None, re.Match[str] | None]:
    """The rule that matches leftmost, the first of several."""
    best: tuple[Rule | None, re.Match[str] | None] = (None, None)
    for rule in rules:
        found = compiled(rule.get("begin") or rule["match"]).search(line, at)
        if found and found.end() > at and (best[1] is None or found.start() < best[1].start()):
            best = rule, found
    return best


def _colour(colours: list[str], found: re.Match[str], rule: Rule) -> None:
    if "name" in rule:
        colours[found.start() : found.end()] = [rule["name"]] * (found.end() - found.start())
    for group, scope in (rule.get("captures") or rule.get("beginCaptures") or {}).items():
        start, end = found.span(int(group))
        colours[start:end] = [scope["name"]] * (end - start)
