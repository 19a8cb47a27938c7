"""Laws."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G730": Code("law without a claim", "A law claims something of every member after every event, or of more of a fact.", "Write `always` and a condition below it, or `never less star for more purchase.amount`."),
    "G731": Code("law with two claims", "A law makes one claim. Where one of two did not hold, its name would not say which.", "Make two laws of it."),
    "G732": Code("law about nothing", "The condition reads nothing that happens to a member, so it is true always or never.", "Ask for what a member has, was given, or did: `star available`, `star earned this month`, `count of purchase this day`, a tier or a measure."),
    "G733": Code("condition beside `never less`", "`never less` compares a history with the same one in which one amount is larger. `when` is asked at a moment, after an event, and there is none in this comparison.", "Take the line out, or write the claim with `always`."),
    "G734": Code("fact of which there is no more", "`for more` names an amount or a number that a history gives: the same history is tried with more of it. Texts, dates and words have no more or less, and what is computed changes with what it is computed from.", "Name an amount or a number of the event or of its lines."),
    "G740": Code("law that does not hold", "A history was found in which the claim is false. It is shown as a test, as short as it could be made; what this test expects is what the rules give as they are.", "Mend the rules or the law. Keep the history as a test, with what it should give."),
    "G741": Code("law that was never put to the test", "In no history that was tried did anything happen that could have made the claim false: what it asks for was always nothing, or its `when` never held.", "Look whether the rules that it names can give anything at all. If what it needs is rare, try more histories with `--histories`.", "warning"),
}
