"""What is proved of a program."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G940": Code("rule that never gives anything", "Whatever happens to whomever, the rule gives nothing: its conditions can't hold together, or what it gives is always nothing.", "Mend the condition that is named, or take the rule out.", "warning"),
    "G941": Code("rule that is always shadowed", "Wherever the rule would give something, another one takes its place: it replaces it, its group always chooses it, or it uses up what its group lets through.", "Give the rule a condition under which it is the better one, change the order in the group, or take the rule out.", "warning"),
    "G942": Code("row that is never looked up", "No rule that asks the table ever has the keys of this row: the conditions of the rules, or the limits on what they look at, leave them out.", "Mend the row's keys or the rules' conditions, or take the row out.", "warning"),
    "G943": Code("earning without a bound", "At one event in which no more is spent, more and more can be earned: something that does not cost money, or the time that has passed, makes the award as large as anybody likes.", "Put a `limit` on the rule, or on what it looks at: `limit 500 star per event`.", "warning"),
    "G944": Code("limit that never binds", "What the rule gives always fits into the limit: at one event, or by what its other limits let through.", "Lower the limit, or take it out.", "warning"),
    "G945": Code("gap between rules", "Rules that differ in nothing but their days or a range, and in how much they give, leave out a little that lies between them: there, none of them gives anything, nor does a rule that is for it.", "Let one of them begin where the other ends: `below 50 EUR` and `>= 50 EUR`, `through 2026-06-30` and `from 2026-07-01`.", "warning"),
    "G946": Code("overlap of rules", "Rules that differ in nothing but their days or a range, and in how much they give, both hold where the one ends and the other begins: there, both give.", "Let one of them end where the other begins, or put them into a group that takes the best.", "warning"),
    "G947": Code("version that is less generous", "There is an event at which the newer version of a program gives less than the older one, to a member of whom the same is known. Both were run to show it.", "If it is meant, say so to those whom it concerns. Else mend the rule that gives less.", "warning"),
    "G948": Code("tier that nobody reaches", "The condition of a tier can't hold, or all that counts towards it is limited to less than it needs.", "Lower the threshold, raise the limits, or take the tier out.", "warning"),
    "G949": Code("law that can be broken", "An event was found after which the claim is false. It was run on the reference engine.", "Mend the rules or the law; `guerdon test` looks for whole histories.", "warning"),
}
