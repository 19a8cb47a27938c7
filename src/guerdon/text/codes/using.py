"""Tests, states, and the use of commands."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G701": Code("test not met", "A test of the program expected something else than what its rules give.", "The lines below the message say what each rule gave at that event. Mend the rule, or what the test expects."),
    "G801": Code("state damaged", "The bytes are not a state as `step` gave it: cut off, changed or of something else.", "Restore the bytes, or run the member's history again."),
    "G802": Code("state of a newer version", "The state was written by a later version of guerdon, which may say more than this one can read.", "Use that version, or a newer one."),
    "G803": Code("state of another program", "A state belongs to the program that made it: its measures and limits mean nothing to another.", "Run the member's history with the new program."),
    "G804": Code("state missing", "The event concerns somebody whose state was not given, so that what is known of them would be lost.", "Ask `subjects` whose states an event needs, until nothing is added; give None for somebody who is new."),
    "G805": Code("members not ranked", "The program ranks all members when a period is over, and the event comes after the end of one at which nobody was ranked. One member's state does not tell how the others stand.", "Once a period is over, and before the first event that comes after it, call `rank` with the states of all members."),
    "G901": Code("file can't be read", "There is no such file, it is a folder, or it may not be opened.", "Check the name and the folder; `-` reads from standard input."),
    "G902": Code("no such name", "The member, event, rule, unit, param or code that was asked for is not in the program, the history or the error index.", "Take the nearest name; names are written as in the program and the history."),
    "G903": Code("file can't be written", "A file stands where a folder is to be written, a file that would be written is there already, or the disk is full or may not be written.", "Name another folder."),
    "G904": Code(
        "programs that can't be compared",
        "Two versions are compared over one history, in one currency and one calendar; these two differ in that.",
        "Compare versions of one program.",
    ),
    "G930": Code("beyond the years of programs", "A history that is made up would begin before or end behind the years that programs reckon in.", "Begin it on another day with `--start`, or make it shorter with `--months`."),
}
