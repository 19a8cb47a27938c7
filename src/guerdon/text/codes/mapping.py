"""Mappings of histories."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G500": Code("history file not readable", "A `history.yaml` is missing, or is not UTF-8 text.", "Give the file, or the folder it lies in, saved as UTF-8."),
    "G501": Code("not YAML", "The text of `history.yaml` can't be read as YAML, or uses an alias, a tag or a key twice.", "Write `key: value`, one to a line, what belongs to a key indented below it."),
    "G502": Code("unknown key", "A key in `history.yaml` means nothing where it stands.", "Take the nearest key that is known there."),
    "G503": Code("wrong value for a key", "A key's value has the wrong shape, or is none of those it may have.", "Give what the key's description says."),
    "G504": Code("missing key", "A key that can't be done without is not there.", "Add it."),
    "G510": Code("unknown source", "An event, a join or the members are read from a source that is not declared.", "Declare it under `sources`, or take the nearest name."),
    "G511": Code("no such file", "No file has the name that a source gives.", "Name it as it is seen from the history's folder, or say `folder:`."),
    "G512": Code("not a table", "A source names a folder, an address, a file outside the history's folder, or a kind of file that is not read.", "Give a .csv, .jsonl, .ndjson or .parquet file in the history's folder."),
    "G513": Code("unreadable table", "A file is empty or damaged, or is not what its name says.", "Make the file anew."),
    "G514": Code("not UTF-8", "A text file is not written in UTF-8.", "Save it as UTF-8 (in a spreadsheet: CSV UTF-8)."),
    "G515": Code("unknown column", "A column is named that the table does not have.", "Take the nearest of those it has."),
    "G516": Code("column names", "A CSV file lacks a column name, has one twice, or differs in columns from the other files of its source; or a file has a column called `each` where the source makes one.", "Give each column one name in the first row, the same in every file."),
    "G517": Code("unknown time zone", "A name is not that of a time zone.", "Write a name such as Europe/London or UTC."),
    "G520": Code("event not mapped", "The program has an event of which the history says nothing.", "Map it, or write `absent`."),
    "G521": Code("unknown event", "An event is mapped that the program does not have.", "Take the nearest name, or declare the event."),
    "G522": Code("field not mapped", "An event, a line or the member needs a field that the mapping does not give.", "Add the field, or make it optional in the program."),
    "G523": Code("unknown field", "A field is mapped that the program does not have, or computes itself.", "Take the nearest name, or take the line away."),
    "G524": Code("wrong shape of a field", "A list is mapped as one value, one value as a list, or lines are mapped without `group`.", "Indent a list's fields below it and say what groups the rows."),
    "G525": Code("expression can't be computed", "An SQL expression of the mapping is not understood, or fails on some row.", "Write a column's name, or SQL over the columns; declare what the columns hold."),
    "G526": Code("exact value from a binary float", "A value would be read from binary floating point, which can't hold most decimals.", "Say which decimals are meant: `columns: {amount: decimal 2}`."),
    "G527": Code("times without a zone", "A column holds times without a zone, and the source does not say whose clock it is.", "Add `timezone:` to the source."),
    "G528": Code("wrong kind of column", "A column can't be read as what the field needs.", "Compute it with SQL, or map another column."),
    "G529": Code("join that repeats rows", "A joined source has several rows for one key, or is joined to itself; lines would be counted more than once.", "Join on columns that find one row."),
    "G530": Code("empty history", "The mapped files have no rows, or none that `where` lets through.", "Check the files and the conditions."),
}
