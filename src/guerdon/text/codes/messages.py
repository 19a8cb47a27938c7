"""Messages."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G750": Code("clause of what is given, where nothing is", "A rule that says something and gives nothing has nothing to round, to share, to hold or to pay for. Its limits count how often it is said; a return does not take that back.", "Take the line out, or let the rule give something."),
    "G751": Code("rule that gives nothing where something given is named", "What a rule gives can be named by others and settled in groups. This one says something and gives nothing.", "Name a rule that gives, or leave it out."),
    "G752": Code("receiver of a message", "A rule that gives or takes something says it to whom it gives, or of whom it takes. A referral has two sides, and says something to one that gets something.", "Leave `to` out beside `give` and `cost`; in a referral, write `to friend` or `to referrer`. To tell somebody else, write a rule that only says something."),
    "G753": Code("message expected of a rule that says nothing", "A test expects messages of a rule, and the rule has no `say`.", "Name a rule that says something, or write `say` and a text below this one."),
    "G754": Code("empty message", "Between the quotes behind `say` stands what the member is told, and there is nothing.", "Write the text, or take the line out."),
}
