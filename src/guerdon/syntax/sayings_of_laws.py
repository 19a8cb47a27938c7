"""What designers say for the clauses of a law, and how it is written here."""

from __future__ import annotations

from guerdon.syntax.slip import Slip

_LARGER = r"(?:an? )?(?:more|larger|higher|bigger|greater|increasing)"

OF_LAWS = (
    Slip(
        "law",
        rf"never (?:less|fewer|lower|lowers) (?P<unit>\w+) (?:for|with|at|on) {_LARGER} (?P<fact>\w+) of (?:an? |the )?(?P<event>\w+)$",
        "never less {unit} for more {event}.{fact}",
    ),
    Slip(
        "law",
        rf"never (?:less|fewer|lower|lowers) (?P<unit>\w+) (?:for|with|at|on) {_LARGER} (?P<path>[\w.]+)$",
        "never less {unit} for more {path}",
    ),
    Slip(
        "law",
        rf"{_LARGER} (?P<path>\w+\.[\w.]+) never (?:gives|lowers|means|earns|brings)(?: less| fewer)? (?P<unit>\w+)$",
        "never less {unit} for more {path}",
    ),
    Slip("law", r"never (?!less\b|fewer\b)(?P<what>.+)$", "always not ({what})"),
    Slip("law", r"always (?:that|it holds that) ", "always "),
    Slip("law", r"(?:claims?|holds|asserts?|ensures?|requires?|must|invariant|is)(?: that)?:? ", "always "),
    Slip("law", r"expect .*", "", "`expect` belongs to a test: write `always` and a condition"),
)
