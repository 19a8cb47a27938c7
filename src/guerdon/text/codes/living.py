"""What becomes of points and tiers, tables in full, files, tests."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G400": Code(
        "`since entry` outside a ladder",
        "`since entry` is the time since the tier was entered or last reviewed. Only what counts towards a tier, and what reaches one, says of which ladder.",
        "Write it in a ladder's `counts` or in a tier's `when`, or name another window.",
    ),
    "G401": Code(
        "rise in another period",
        "Tiers that rise at the end of a period rise at the end of the one in which they are reached.",
        "Write `rises at end of this`.",
    ),
    "G402": Code(
        "rise at the end of a period while met",
        "With `lasts while met` a tier is what its count is at every moment. It can't wait for the end of a period to rise and still fall at once.",
        "Take `rises` out, or write a term.",
    ),
    "G403": Code(
        "review that never comes",
        "A time of grace and a lowering at the review come at the end of a term. These tiers last while they are met, or for ever, and have none.",
        "Write a term behind `lasts`, or take the line out.",
    ),
    "G404": Code(
        "unknown word in a ladder",
        "This clause takes one of two words, and neither stands there.",
        "Write one of the words that are listed.",
    ),
    "G405": Code(
        "lowest tier given or kept",
        "Everybody has the lowest tier, and nobody falls below it. Giving it or keeping it changes nothing.",
        "Name a higher tier, or take the line out.",
    ),
    "G406": Code(
        "carried without a count",
        "What is carried on or starts anew is a count. No tier of this ladder is reached by one.",
        "Write `counts`, and tiers with `at`; or take the line out.",
    ),
    "G407": Code(
        "carried from no period",
        "What a count exceeds its tier by counts in the next period too. That needs a count whose windows are all this one period.",
        "Count within one period, such as `this calendar year` or `this membership year`.",
    ),
    "G408": Code(
        "count that restarts while it must be met",
        "A count that starts anew with the rise (by `restarts`, or counted `since entry`) no longer reaches the tier, and a tier that lasts while it is met would fall at once.",
        "Write a term behind `lasts`, take `restarts` out, or count in another window.",
    ),
    "G409": Code(
        "ladder of an account that looks at one member",
        "A ladder that an account owns has one tier for all its members, at reviews too, where nobody does anything. What decides about it can't be the events, the balance or the facts of one of them.",
        "Count what all members do, like `sum of household.purchase.amount this calendar year`, or what the account owns.",
    ),
    "G410": Code(
        "count that reaches nothing",
        "A count is given, and every tier is reached by a condition or by invitation.",
        "Take `counts` out, or write a tier with `at`.",
    ),
    "G411": Code(
        "amount below zero in a test",
        "Events hold what happened as amounts of zero or more. Only an adjustment can take something away by its amount.",
        "Write the amount without its sign; take back with an event that reverses, or with `adjustment`.",
    ),
    "G412": Code(
        "amount in another unit than is named",
        "The amount is written with its unit, and beside it stands another.",
        "Take `unit` out.",
    ),
    "G413": Code(
        "status unit that is spent",
        "A unit of the kind `status` is counted only. It can't be redeemed or handed on, nor can anything cost so much of it.",
        "Name a unit that can be spent, or change the unit's `kind`.",
    ),
    "G414": Code(
        "built-in event about both or neither",
        "An adjustment or an opening is about so much of a unit, or about a tier; a redemption asks for so much of a unit, or for a reward: one of the two.",
        "Give `quantity`, or `ladder` and `tier`, or `reward`; write two events for both.",
    ),
    "G415": Code(
        "built-in event without its ladder or tier",
        "An adjustment or opening of a tier says which tier of which ladder. The ladder may be left out where there is one only.",
        "Add the ladder or the tier.",
    ),
    "G416": Code(
        "count of a ladder that has none",
        "The test expects what a ladder counts, or what is missing to a tier, and this ladder has no `counts`.",
        "Expect the tier.",
    ),
    "G417": Code(
        "what a tier without a threshold needs",
        "What is missing can be said of tiers that a count reaches. This one is reached otherwise.",
        "Name a tier with `at`, or expect the tier.",
    ),
    "G418": Code(
        "measure expected to be of another kind",
        "The test expects a value that the measure or the count can't have.",
        "Expect a value of its kind: a number, a quantity of its unit.",
    ),
    "G419": Code(
        "rule named like something else in the ledger",
        "The id of an award is the event's kind, its id and the rule's name, with `/` between them. A rule that is called like a built-in event, that is called by a number, or whose name ends or begins with another rule's name and a `/` between would have ids that something else could have too.",
        "Give the rule another name.",
    ),
    "G420": Code("key given twice", "A table is looked up by the same name twice, so its keys could not be told apart.", "Give the second a name of its own, with its type behind it."),
    "G421": Code("keys of a row", "A row has a value or a band for each key of its table, in the order of `by`. This one has more or fewer.", "Write one for each key, with commas between."),
    "G422": Code("results of a row", "A row has one result for each name behind `columns`; a table without `columns` has one result. This row has more or fewer.", "Write one for each column, or name the columns."),
    "G423": Code("column of a table", "A table with several columns is asked for one of them, by its name behind a point. A table with one result has no names for it.", "Write the column behind the keys: `fare(cabin).rate`."),
    "G424": Code("band without an order", "A band goes from one value to another, and the values of this key are not more or less than each other.", "Write a row for each value, or `else`."),
    "G425": Code("empty band", "No value lies in this band, so its row could never hold.", "Write the lower end first; `from` and `through` are included, `above` and `below` are not."),
    "G426": Code("value given from outside", "What stands behind `--set` (or in `set` of the library) is read like what stands behind `is`, and this can't be.", "Write a plain value with its unit, in quotes where it has spaces."),
    "G427": Code("two rows for the same keys", "For these keys two rows hold, and nothing says which of them counts.", "Let one of them end where the other begins, or take one out."),
    "G428": Code("table applied without `bands`", "A table before `of` is applied to an amount, by just one key that is given in bands. `bands` says how: `whole`, all of it at one rate; `parts`, each part of it at its own.", "Write `bands whole` or `bands parts`, and one key in bands; or look the rate up."),
    "G429": Code("parts without rates", "In a table of parts each part of an amount is applied at its own rate. What is no rate can't be applied, and whole steps of several parts have no rate in common.", "Write rates or percentages; apply the table with `of`, or write `bands whole`."),
    "G430": Code("unknown word behind `bands`", "Bands are `whole` or `parts`.", "Write one of the two."),
    "G431": Code("param without a value", "A param is one plain value with a name: an amount, a number, a percentage, a rate, a date or a text. This one has none, or is computed.", "Write `is` and the value; a `measure` gives a name to what is computed."),
    "G432": Code("unknown param", "A value is given from outside for a param that the program does not declare.", "Take the nearest name, or declare it with `param`."),
    "G433": Code("value of another kind for a param", "A param is declared with a value, and what is given from outside must be of the same kind: so much of the same unit, a rate of the same two, a percentage.", "Give a value of this kind."),
    "G434": Code("param in the wrong place", "In this place only values of some kinds can stand, and the param is of another.", "Name another param, or write the value itself."),
    "G435": Code("file outside of the program's folder", "A program reads files of its own folder and of those below it, whatever a name, a link or an address says. So a program can be handed on as a folder, and reads nothing that it should not.", "Put the file into the folder and name it from there."),
    "G436": Code("file of a program not readable", "A file that `use` or `from` names is not there, is of another kind, or can't be read.", "Check the name; files are seen from the folder of the file that names them."),
    "G437": Code("file used twice", "Declarations stand in a program once. A file that is used twice, or a program that uses itself, would declare them again.", "Take one of the lines out."),
    "G438": Code("too much to read", "A program is read from so many files and bytes at most, and a table has so many rows and columns. What is larger is likely something else.", "Check what the file holds; what happened belongs to the history."),
    "G439": Code("`program` in a file that is used", "A program says once what it is called, in which currency and time zone it counts, and which files it uses. A file that is used says none of it.", "Take the declaration out of the file that is used."),
    "G440": Code("head of a sheet", "The first row of a sheet names its columns: the keys of the table and its results. One is missing, or stands there twice.", "Write the names as in `by` and `columns`."),
    "G441": Code("cell that can't be read", "A cell holds what would stand in a `row`; a bare number takes the unit that stands in brackets in the head, like `rate [%]`. This one can't be read so.", "Write it as in a row, or name its unit in the head."),
    "G442": Code("sheet without rows", "The file of a table has a head and, below it, a row for each key. This one does not.", "Write the head and the rows, or name another file."),
    "G443": Code("rows here and in a file", "The rows of a table are written below it or stand in a file. Here both is said.", "Keep one of the two."),
    "G470": Code("too little tested", "The tests of a program reach less of its branches than `--fail-under` asks for.", "Ask `guerdon test --coverage` what no test reaches, and write tests for it; or ask for less."),
}
