"""Text and syntax."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G001": Code("not a text in UTF-8", "A program is a text in UTF-8. This file holds bytes that are no such text: it was saved in another encoding, or it is no text at all.", "Open the file in an editor and save it as UTF-8."),
    "G002": Code("quotes not closed", "A text in quotes ends on the line on which it starts, and this one does not. Without its end nobody can say what belongs to the name and what to the rule.", "Write the second quote where the text ends."),
    "G003": Code("empty file", "The file holds nothing, or nothing but comments. A program starts with `program` and says what it is called.", "Write the program, or let `guerdon new DIR` make one to start from."),
    "G004": Code("indented line without a declaration", "A declaration starts at the margin and its clauses are indented below it. This line is indented, and nothing stands above it that it could belong to.", "Start the line at the margin, or put its declaration above."),
    "G005": Code("not expected here", "Up to this place the line can be read; what follows can't stand there. What could have stood there is listed.", "Write one of the things that are listed, or look at what stands just before."),
    "G006": Code("expression too long or too deep", "The parentheses are nested deeper, or one line computes more, than is read. Nobody can check such a line by reading it.", "Give parts of it names with `measure`, and use the names."),
    "G007": Code("number too long", "A number has more digits than are read. No amount, rate or limit of a program needs as many; it is likely a slip.", "Write the number with fewer digits."),
    "G008": Code("thousands separator", "A comma separates values, so `1,000` would be a one and a zero. Numbers are written with digits only, and a point before decimals.", "Take out the commas: `1000`."),
    "G009": Code("date with single digits", "A date is written year-month-day with two digits for the month and two for the day, so that it can't be taken for anything else.", "Write `2026-07-06`."),
    "G010": Code("no such day", "The calendar has no such day, such as the 30th of February or the 13th month.", "Write a day that exists, year-month-day."),
    "G011": Code("character that can't stand here", "Outside quotes a program is written in plain letters, digits and signs. Letters with accents, other quotes, signs of currencies and characters that can't be seen would make two names look alike that are not.", "Write it in plain letters; any letter can stand between quotes."),
    "G012": Code("unknown declaration", "What stands at the margin starts a declaration, and none starts with this word.", "Use one of the words that are listed; indent the line if it belongs to the declaration above."),
    "G013": Code("unknown clause", "Each line of a declaration starts with a word that says what the line is about. This word is not known in this declaration.", "Use one of the words that are listed, or move the line to the declaration that it belongs to."),
    "G014": Code("line ends too early", "Something is missing at the end of the line.", "Write what is listed as expected, on the same line."),
    "G015": Code("`of` beside `+` or `-`", "`5% of amount - coupon` can be read in two ways that give different results, so it is not guessed.", "Put parentheses around what belongs together: `5% of (amount - coupon)` or `(5% of amount) - coupon`."),
}
