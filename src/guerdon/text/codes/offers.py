"""Offers and control groups."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G560": Code("offer that nothing opens", "An offer is opened to a member by an event, such as the day on which they received it, or by a trigger, such as sixty days without a purchase.", "Write `opens` with the event or trigger."),
    "G561": Code("how long an offer is open", "An offer is open for a time, or through a day or instant that what opened it says.", "Write `within 14 days`, or `through` and the fact that says it."),
    "G562": Code("last moment of an offer", "What stands behind `through` is the last day on which an offer is open, or its last instant.", "Name a fact that is a date or an instant, or write `within` and a time."),
    "G563": Code("what opened an offer", "In an offer, `opened` is the event that opened it to the member. Behind it stands one of its facts, or its `date` or `at`.", "Name the fact: `opened.minimum`."),
    "G564": Code("since an offer was opened", "`since opened` shows what came since the offer was opened to the member, for each opening apart. It is known inside the offer, and goes over the member's own events.", "Write it in the offer, or name another window."),
    "G565": Code("no such offer", "`open` asks whether an offer is open to the member, and stands behind its name.", "Write the name of an offer, in quotes."),
    "G580": Code("share of a control group", "A control group is a part of the members for whom a rule is not there, so that what it does can be measured against them. It has some members, and not all.", "Write a share between 0% and 100%."),
    "G581": Code("control group called like its rule", "The control group of a rule is drawn for the rule's name. Another name stands behind `for` where several rules share a group, or where a rule was renamed and its group stays.", "Leave out what stands behind the share."),
    "G582": Code("control group of what is not the member's", "Whether somebody is in a control group is drawn for each member. Where others receive too, or an account owns what is given, those who are left out would have some of it, and the others less.", "Take `control` out, or give the member something of their own."),
    "G583": Code("control group of two sizes", "Rules that name the same control group leave out the same members, so they leave out the same share.", "Write the same share in all of them, or name another group."),
    "G584": Code("no such control group", "In a test nobody is in a control group unless the test says so. Behind `given control` stands what the group is drawn for: the name of its rule, or what the rule says behind `for`.", "Write the name of a rule that has a control group, or of what the group is for, in quotes."),
}
