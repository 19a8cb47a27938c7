"""Rows and events."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G600": Code("ragged row", "A CSV row has more or fewer values than there are columns, or can't be taken apart.", "Put values that hold the separator, a quote or a line break in double quotes."),
    "G601": Code("not a JSON object", "A line is not one JSON object, or names a key twice.", "Write one object to a line."),
    "G602": Code("missing value", "A value that is needed is not there.", "Give it, or make the field optional in the program."),
    "G603": Code("not a number", "A number was expected, written with digits and at most one point.", "Write it as 12.50, without thousands separators."),
    "G604": Code("too many decimals", "An amount has more decimals than its currency or unit.", "Round it where the data is made, or in the mapping."),
    "G605": Code("too many digits", "A number is too large to be kept exactly.", "Check the data; at most 18 digits are kept."),
    "G606": Code("below zero", "An amount is negative.", "Record what is given back as an event of its own, such as a return."),
    "G607": Code("condition not met", "A row is not as `require` in the mapping says that rows must be.", "Mend the row, or the condition."),
    "G608": Code("not in the list", "A value is none of the words that the program allows.", "Write one of them, or add the word to the program."),
    "G609": Code("not a date", "A date was expected.", "Write a day of the calendar, such as 2026-03-02."),
    "G610": Code("not a time", "A date and time was expected.", "Write it as 2026-03-02T14:30:00Z."),
    "G611": Code("time without a zone", "A time has no zone, and the source does not say whose clock it is.", "Add `timezone:` to the source, or give the zone in the data."),
    "G612": Code("skipped time", "A local time does not exist: the clock was put forward over it.", "Say `clock_change: earlier` or `later` for the source, or give times with their zone."),
    "G613": Code("time shown twice", "A local time came twice: the clock was put back.", "Say `clock_change: earlier` or `later` for the source, or give times with their zone."),
    "G614": Code("finer than a microsecond", "A time has digits beyond microseconds that are not zero.", "Round it to microseconds."),
    "G615": Code("not yes or no", "Yes or no was expected.", "Write yes or no."),
    "G616": Code("invisible characters in a name", "An id has spaces around it or characters that can't be seen, and would be taken for another.", "Mend it in the data."),
    "G617": Code("rows of one event disagree", "The rows of a group differ in a value that belongs to the whole event.", "Give all rows the same value, or group by something else."),
    "G618": Code("event set aside", "The row is fine, but another row of its event is not, and an event is read whole or not at all.", "Mend the other row."),
    "G619": Code("id used twice", "An event has the id of an earlier one, but not its content.", "Give it an id of its own, or remove it."),
    "G620": Code("not that decimal", "A binary float is not the decimal number that its column is declared to hold.", "Declare more decimals, or round it."),
    "G621": Code("member told twice", "Two rows give different facts about one member.", "Keep one row for each member."),
    "G622": Code("amount or tier", "An adjustment or an opening is about so much of a unit or about a tier, and the row gives both or neither.", "Give one of the two in a row."),
    "G623": Code("status unit spent", "A row redeems or transfers a status unit, which is counted and not spent.", "Name a unit that can be spent."),
    "G624": Code("member names itself", "A row transfers something from a member to the same member, or merges a member with itself.", "Name another member, or leave the row out."),
    "G690": Code("event comes late", "The event happened before one of the member's that was already evaluated, and what was answered then is not rewritten.", "Take `recorded` and `sequence` out of the mapping, and events come in the order in which they happened."),
    "G691": Code(
        "member of whom too little is known",
        "The program needs a fact of every member, and nothing says what it is for this one.",
        "Give the member a row with it, or make the fact `optional` in the program and say what counts without it.",
    ),
    "G692": Code("nothing to reverse", "The event reverses another, and the member has none that it could mean, or it is longer ago than the program says behind `within`. If the other only comes later, this one waits for it until the end of the run.", "Give the id (or the shared fact) of the event that is reversed, and see that both are of one member."),
    "G694": Code("more back than there is", "More is taken back than is left of what is reversed, or all of it was taken back before. Nothing of the event is posted.", "Correct the amount, or leave out what was returned before."),
    "G695": Code("below zero refused", "The unit says `debt refused`, and the event would take its balance below zero. Nothing of it is posted.", "Write another `debt`, or let the balance grow first."),
    "G696": Code("account closed", "The member was closed by an earlier event, so nothing more happens to them.", "Leave later events out, or give them to another member."),
    "G697": Code("tier that would be over", "An adjustment or an opening sets a tier `through` a day that is past when it happens, so nobody would ever hold it.", "Give a day to come, or leave the event out."),
    "G698": Code("member with the id of an account", "The ids of accounts are the account's name and the shared fact, with `/` between them. A member with such an id would be taken for the account, and could spend what is the account's.", "Give the member another id, or the account another name."),
    "G699": Code("what happens once", "A member joins once, becomes part of another once, and nobody takes over a member who was closed.", "Leave the event out, or correct whom it is about."),
}
