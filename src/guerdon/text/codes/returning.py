"""What returns take back."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G570": Code("part of a return that takes nothing back", "A part of a return takes back as much of an award as the rule no longer comes to for what remains. Amounts of money and of units go down in proportion to what came back; numbers and words stay as they are. Nothing that is given here depends on an amount, so a part takes nothing back, and only the return of all does.", "Give the fact the type of a unit instead of a number, such as `points point`, or give so much for an amount, such as `1 point per 1 USD of amount`.", "warning"),
}
