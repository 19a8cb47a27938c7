"""Rules among each other: groups, what replaces, what counts, who pays."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G450": Code("group of fewer than two rules", "A group says what becomes of several rules together, and this one names none or only one.", "Name its rules behind `of`, in quotes, with commas between them. Limits and rounding of a single rule stand in the rule."),
    "G451": Code("rule in two groups", "What becomes of a rule's award is decided by one group. A rule that stood in two would be cut or rounded twice.", "Take the rule out of one of them."),
    "G452": Code("unknown way to take", "Behind `take` stands which awards of a group stand: `all`, `best` (the largest), `top` (the first listed that gives something) or `one` (there is never more than one).", "Write one of the four, or leave the line out for `all`."),
    "G453": Code("sum of several units", "A group's minimum, rounding and limit, and `take all`, are about the sum of what its rules give. Rules of several units have no sum.", "Make a group for each unit, or choose one award with `take best`, `take one` or `take top`."),
    "G454": Code("units without a worth compared", "Awards of several units are compared by what they are worth in the program's currency, and a unit says no worth.", "Write `worth` below the unit, or `take top`: the first listed that gives something."),
    "G455": Code("two rules may give at once", "`take one` says that at most one rule of the group gives at any event. That is shown by events, days, hours or conditions that exclude each other, and for these two rules nothing shows it.", "Write `take top` or `take best`, or give the rules conditions that exclude each other, such as `status is Gold` and `status is not Gold`."),
    "G456": Code("minimum above a rule's limit", "The minimum of a group raises the award of the first rule that gave something. A rule with a limit of its own could be raised above it.", "Put the limit into the group, or the minimum into the rules."),
    "G457": Code("group that rounds per something", "A group rounds once: what its rules come to together at an event. There is no other place.", "Take `per` and what follows out."),
    "G458": Code("rounding without its place", "A rule rounds what it comes to at an event, each line's part of it, or a running total. Which one makes a difference.", "Write `per event`, `per line` or `per total` behind it."),
    "G459": Code("limit of something that can't be limited", "`limit MOST of FACT` lets so much of an amount or a number count: of a fact of the event, or with `each` of a fact of the line.", "Name such a fact."),
    "G460": Code("limit that changes nothing", "The limit lets so much of a fact count, and what the rule gives does not depend on that fact.", "Limit the fact that `give` looks at."),
    "G461": Code("limit of another kind than its fact", "So much of an amount is an amount of the same unit, and so much of a number is a number, in steps that the fact has too.", "Write the limit in the fact's unit and with no more decimals."),
    "G462": Code("rules that never meet", "A rule replaces another where both are looked at, and these two have no event in common.", "Take the line out, or give both rules an event in common."),
    "G463": Code("payer twice or for nothing", "Each payer stands once, with a number of parts above zero.", "Add its parts up, or take it out."),
    "G469": Code("payer whom no fact names", "Behind `by` stands the fact that names who pays: a text, a member or a word of a closed list, of the event or (with `each`) of the line. It is there at every event of the rule, so that somebody pays.", "Name such a fact. A payer who is always the same is written without `by`."),
    "G464": Code("group where rules are named", "`of` and `replaces` name rules, and this is a group.", "Name the rules of the group."),
    "G466": Code("`exact` of a group", "`exact` is what a rule comes to before it is rounded and limited. Of a group there is one value: what its rules give together in the end.", "Take `exact` out."),
    "G467": Code("sum of a group of several units", "The group chooses between awards of several units, so there is no unit in which to say what it gives.", "Name one of its rules."),
}
