"""Records of runs."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G950": Code("no record", "What was named is not a folder that holds a `record.json`.", "Name a folder that `guerdon run --record` made."),
    "G951": Code("record that can't be read", "The `record.json` has a format that this version does not know, or does not say what a record says.", "Install the version of guerdon that made the record, or a newer one."),
    "G952": Code("file of a record changed", "A file is not, to the last byte, what it was when the record was made. What came of a run of it would say nothing about what was recorded, so nothing is run.", "Get the record, or the file that is named, from where it was kept. The seal, which `run --record` printed, tells whether it is the same."),
    "G953": Code("result that is not reproduced", "All files are what they were, and something else came of them with this installation: the tables, the summary, the typed program, or which files are read. The first row that differs is told.", "Look at what the command says of versions and zones. Install those that `record.json` names, and verify again."),
    "G954": Code("run that can't be recorded", "A record holds the files of a program and of its history. What was run came from no file, or its files are not what they were when they were read.", "Run again; save as files what came from elsewhere."),
    "G955": Code("record and data apart", "A record holds the data of its history, or their hashes alone. With hashes alone somebody has to say where the data are.", "Name the folder of the data with `--data`, if the record has hashes alone; else leave it out."),
    "G956": Code("record that this version refuses", "This version of guerdon finds an error in the program or the mapping of a record, which the version that made it did not.", "Install the version of guerdon that `record.json` names."),
}
