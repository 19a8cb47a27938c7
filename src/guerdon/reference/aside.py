"""Why an event is set aside, in words."""

from __future__ import annotations

from guerdon.history.event import Event, Rejection


def unknown(event: Event, fact: str) -> Rejection:
    return set_aside(
        event,
        "G691",
        f"nothing says what `{fact}` is for member {event.member}",
        f"give the member a row with `{fact}`, or make the fact optional in the program",
    )


def too_late(event: Event, beyond: bool) -> Rejection:
    return set_aside(
        event,
        "G690",
        "the event became known later than the program's `lateness` lets it"
        if beyond
        else "the event comes late: one of the member's that happened after it is evaluated already",
        "lengthen `lateness`, or post an `adjustment`"
        if beyond
        else "to have events in the order in which they happened, take `recorded` out of the mapping",
    )


def set_aside(event: Event, code: str, message: str, help: str = "") -> Rejection:
    return Rejection(code, message, event.id, event.place, {"id": event.id, "member": event.member}, help=help)
