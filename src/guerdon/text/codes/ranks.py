"""Ranks."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G590": Code("condition of a measure that is no rank", "In a measure, `when` says which members are ranked. One without `ranked` is worked out for whoever asks for it, so it has no condition.", "Write how members are ranked, or put the condition where the measure is used."),
    "G591": Code("rank by something without an order", "Members are ranked by a number, an amount, a number of days or a date: of two of these, one is higher or they are equal.", "Name something that can be higher or lower."),
    "G592": Code("who comes first", "Ranks go from 1 on. `highest first` gives 1 to the highest value, `lowest first` to the lowest; of dates the latest is the highest.", "Write `highest first` or `lowest first`."),
    "G593": Code("number of parts", "`in 5 parts` splits the members who are ranked into so many parts of one size, as far as that goes. Fewer than two are no parts, and more than 1,000 are places.", "Write a whole number from 2 to 1000, or leave it out, and a rank is a place."),
    "G594": Code("ranked on days of their own", "A rank compares all members with each other, so all are ranked at the same time. A membership year ends for each on a day of their own.", "Name a period that is the same for all, like `month`."),
    "G595": Code("tier that counts a rank", "What a ladder counts adds up from what a member does. A rank may be better or worse the next time, whatever the member does.", "Make it the condition of a tier: `tier Gold when` and a comparison."),
}
