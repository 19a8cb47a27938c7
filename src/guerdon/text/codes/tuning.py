"""The value of a param that meets a target."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G960": Code("param that can't be tuned", "Values are looked for on a grid: so many steps from one to the next. A text has no next one, and a table has many values.", "Name a param that is an amount, a number, a percentage, a rate, a date or a length of time."),
    "G961": Code("value of another kind", "The values to look at are written as the param's own: `--from`, `--to` and `--step` take so much of the same unit; of a rate only what it gives may differ, of a date the step is a number of days.", "Write it like the value in the program."),
    "G962": Code("no values to look at", "The highest value is below the lowest, they are less than a step apart, or the step is nothing.", "Change `--from`, `--to` or `--step`."),
    "G963": Code("target about nothing", "A target is a figure, how it compares, and with how much: `Gold = 5%`, `cost <= 1.2% of sales`, `point <= 100000 point`. This one can't be read, names no figure of the program, or compares it with something that is counted in another unit.", "Write it as a condition on one of the figures that are listed."),
    "G964": Code("value that makes no program", "The checker refuses the program with the lowest or the highest value that was asked for.", "Look at other values; `guerdon check --set` says in full what is wrong with one."),
}
