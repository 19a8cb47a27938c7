"""Streaks."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G540": Code("streak of several people", "A streak is of one member, or of all members of one account together. Here some of what keeps it up is done by the one and some by the other.", "Write the account in front of each event, or of none."),
    "G541": Code("streak of something that is no date", "Behind an event stands the fact that says on which day of a streak it counts: a date. Without a fact it is the day on which it happens.", "Name a fact that is a date, or the event alone."),
    "G542": Code("number of missed periods", "`, 1 missed` lets so many periods of a streak be empty, in a row or not.", "Write a whole number from 1 on, or leave it out, and none may be missed."),
    "G543": Code("twice in a streak", "A period of a streak is kept up by one of several things, and one of them stands there twice.", "Take one of them out."),
    "G544": Code("window too short for a streak", "All of the window lies within one of the periods that are counted.", "Name a longer window. `ever` is all of the past."),
}
