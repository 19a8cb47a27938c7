"""Prize draws."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G910": Code("unit that can't be drawn from", "A draw picks one of numbered entries, and each is one of a unit that is counted whole. This unit has decimals.", "Draw from a unit with `decimals 0`; let a rule give it beside the other, if need be."),
    "G911": Code("too few entries", "There are fewer members with entries than are to win (with `--repeat`: fewer entries), or nobody has one.", "Ask for fewer winners and reserves, or look at the period: `--from`, `--through`."),
    "G912": Code("period of a draw", "The period ends before it begins, or it isn't over where the run ends, so that entries may still be added.", "Change the two days; if the history has all events of the period, add `--as-of` with its last day or a later one."),
    "G913": Code("seed of a draw", "A seed goes into a hash letter by letter, so there must be one way to type it: another kind of letter that looks the same gives other winners.", "Take letters, digits and signs of ASCII, at least one, without a space at either end."),
}
