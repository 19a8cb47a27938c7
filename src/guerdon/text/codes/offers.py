"""Offers."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G560": Code("offer that nothing opens", "An offer is opened to a member by an event, such as the day on which they received it, or by a trigger, such as sixty days without a purchase.", "Write `opens` with the event or trigger."),
    "G561": Code("how long an offer is open", "An offer is open for a time, or through a day or instant that what opened it says.", "Write `within 14 days`, or `through` and the fact that says it."),
    "G562": Code("last moment of an offer", "What stands behind `through` is the last day on which an offer is open, or its last instant.", "Name a fact that is a date or an instant, or write `within` and a time."),
    "G563": Code("what opened an offer", "In an offer, `opened` is the event that opened it to the member. Behind it stands one of its facts, or its `date` or `at`.", "Name the fact: `opened.minimum`."),
    "G564": Code("since an offer was opened", "`since opened` shows what came since the offer was opened to the member, for each opening apart. It is known inside the offer, and goes over the member's own events.", "Write it in the offer, or name another window."),
    "G565": Code("no such offer", "`open` asks whether an offer is open to the member, and stands behind its name.", "Write the name of an offer, in quotes."),
}
