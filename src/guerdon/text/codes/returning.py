"""What returns take back."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G570": Code("part of a return that takes nothing back", "A part of a return takes back as much of an award as the rule no longer comes to for what remains. Amounts of money and of units go down in proportion to what came back; numbers and words stay as they are. Nothing that is given here depends on an amount, so a part takes nothing back, and only the return of all does.", "Write `clawback in proportion, round down`; or give the fact the type of a unit instead of a number, such as `points point`, or give so much for an amount, such as `1 point per 1 USD of amount`.", "warning"),
    "G578": Code("never below zero in no period", "A count that never falls below zero forgives what returns take beyond it, until the period in which it is counted is over. That needs a count whose windows are all one such period. A window like `last 12 months` lets go of something each day, and a balance has no period.", "Count within one period, such as `this calendar year`, or `ever`; or leave `, never below zero` out."),
}
