"""Measurements."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G920": Code("what is spent", "Sales are added up of one amount of each purchase. An event with several amounts doesn't say which one was spent, unless just one is always there or rules give something for just one; and an amount that is worked out without being rounded can't be added up exactly.", "Name the event and its amount: `--purchase sale.paid`; for several kinds of purchases several times."),
    "G921": Code("what a return takes back", "Returns reduce sales. This one measures something else than money, or reverses purchases that it doesn't name, so that the amount can't be told.", "Name the fact of the return that is its amount: `--return refund.amount`. If it has none, give it one."),
    "G922": Code("answers of a survey", "A net promoter score is made of answers from 0 to 10, a fact of an event that is a whole number.", "Name the event and the fact: `--survey survey.score`; or map the answers to this scale in the history."),
    "G923": Code("period of a measurement", "The period ends before it begins, or there is no event in it.", "Change the days, or look at what the history holds: `guerdon run` counts its events."),
}
