"""What designers say for a clause of an offer, and how it is written here."""

from __future__ import annotations

from guerdon.syntax.slip import Slip

_TIME = r"(?P<time>\d+ (?:day|week|month|year)s?)\b"
_OPENED = r"(?: (?:after|from|since|of) .*)?$"

OF_OFFERS = (
    Slip("offer", r"opens? (?:by|on|at|with|when|after|upon) (?=\w)", "opens "),
    Slip(
        "offer",
        r"(?:open|opened|opening|starts?|started|begins?|received|issued|sent|enrols?|enrolls?|enrolled)(?: by| on| at| with| when| upon)? (?=[a-z0-9])",
        "opens ",
    ),
    Slip(
        "offer",
        rf"(?:expires?|lasts?|ends?|valid|closes?|open|runs?|within)(?: after| in| within| for)? {_TIME}{_OPENED}",
        "within {time}",
    ),
    Slip(
        "offer",
        r"(?:expires?|ends?|valid|closes?|until|open until|till)(?: at| on| by| until| through| to| till)? (?P<last>(?:(?:first|last) day of )?[a-z_][\w. ]*)$",
        "through {last}",
    ),
    Slip(
        "offer",
        r"(?:completes?|completed|fulfilled|qualifies|achieved)(?: by| on| with| when| at)? (?P<event>[a-z_]\w*) where (?P<condition>.+)",
        "",
        "write `on {event}`, and below it `when {condition}`",
    ),
    Slip(
        "offer",
        r"(?:completes?|completed|fulfilled|qualifies|achieved)(?: by| on| with| at)? (?P<event>[a-z_]\w*)$",
        "on {event}",
    ),
    Slip("offer", r"(?:reward|rewards|gives|bonus|get|gets|earns?)(?: is|:)? (?=\d|opened\.)", "give "),
    Slip("offer", r"once\b.*", "", "an offer gives once each time that it is opened: take the line out"),
    Slip(
        "offer",
        r"each .*",
        "",
        "ask for lines in a condition: write `when sum of lines.amount where category is drink this event >= 10 USD`, with your names",
    ),
)
