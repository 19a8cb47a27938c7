"""Clauses as designers say them in their own words, and how they are written here.

Two kinds. What the parser stops at is looked up in `meant`, for a better help than what could have stood there. What it
would read, but as something that nobody means, is foreseen by `unmeant`: a fact called like a clause, a clause taken for a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from guerdon.text.diagnostic import Diagnostic, Edit
from guerdon.text.source import Span

Place = Callable[[int, int], Span]

_TIME = r"(?P<time>\d+ (?:day|week|month|year)s?)\b"
_PERIOD = r"(?P<period>(?:(?:calendar|fiscal|membership) )?(?:year|quarter|month|week))\b"
_DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
_AMOUNT = r"(?P<amount>\d+(?:\.\d+)? \w+)"
_STEP = r"(?P<step>day|week|month|quarter|(?:(?:calendar|fiscal|membership) )?year)"
_MEASURED = "measure rule earn redeem tiers"
_EARNED = (
    r"(?:being earned|earning|earn|award|awarded|accrual|issue|issued|collection|collecting|they are earned|purchase)\b"
)


class Slip(NamedTuple):
    """What a clause of some declarations begins like, with single spaces, and how it is meant.

    Where it can be meant in several ways they are separated by `|`, and no edit is offered; nor where it is said in words, `why`.
    """

    of: str
    begins: str
    meant: str
    why: str = ""


_KNOWN = (
    # units
    Slip("unit", r"never expires?\b", "expires never"),
    Slip("unit", r"expires (?:no|not|none|forever)\b", "expires never"),
    Slip(
        "unit",
        rf"expires (?:after |in |within )?{_TIME} (?:of inactivity|without (?:any )?activity|after (?:the )?(?:last|latest) activity)",
        "expires {time} without EVENT",
        "name the events that keep points alive: write `expires {time} without EVENT`",
    ),
    Slip(
        "unit", rf"expires (?:after |in |within )?{_TIME} (?:after|from|since) {_EARNED}", "expires {time} after earned"
    ),
    Slip("unit", rf"expires (?:after|in|within) {_TIME} after (?=\w)", "expires {time} after "),
    Slip(
        "unit",
        rf"expires (?:after |in |within )?{_TIME}(?! (?:after|without|from|since)\b)",
        "expires {time} after earned",
    ),
    Slip("unit", rf"expires (?:at |on |by |after |until )?{_DATE}", "expires on {date}"),
    Slip(
        "unit",
        rf"expires (?:at |on |by )?(?:the )?end of (?:the |each |every )?{_PERIOD}",
        "expires at end of this {period}|expires at end of next {period}",
    ),
    Slip("unit", r"expires (?:at |on |by )?(?:the )?end of (?P<which>this|next) ", "expires at end of {which} "),
    Slip(
        "unit",
        r"(?P<head>expires \d+ \w+ after [a-z ]+?),? (?:rounded to |to )?(?:at )?(?:the )?end of (?:the )?(?P<period>\w+)",
        "{head}, at end of {period}",
    ),
    Slip("unit", r"suspended (?:if|when) ", "suspended while "),
    Slip("unit", r"spends (?:fifo|FIFO)\b", "spends oldest first"),
    Slip("unit", r"spends (?:lifo|LIFO)\b", "spends newest first"),
    Slip(
        "unit",
        r"spends (?:(?:the )?(?:soonest|first) (?:to expire|expiring)|expiring soonest)(?: first)?",
        "spends soonest first",
    ),
    Slip("unit", r"spends (?P<order>oldest|newest|soonest)(?! first)\b", "spends {order} first"),
    Slip("unit", rf"debt (?:at most |limit |limited to |max |maximum |to |below )?{_AMOUNT}", "debt up to {amount}"),
    # events that reverse
    Slip("event", r"reverses (?:a|an|the) ", "reverses "),
    Slip("event", r"reverses (?:the )?(?:last|newest) ", "reverses latest "),
    Slip("event", r"reverses (?:the )?(?:first|oldest) ", "reverses earliest "),
    Slip(
        "event",
        r"(?P<head>reverses (?:(?:latest|earliest) )?\w+)(?: by \w+)? (?:in part|partly|partially|partial)\b",
        "",
        "how much of it comes back is said on a line of its own, like `part amount`",
    ),
    Slip(
        "event",
        r"(?P<head>reverses (?:(?:latest|earliest) )?\w+) (?:with|via|through|on|matching|of) (?:the )?(?:same )?(?P<fact>\w+)",
        "{head} by {fact}",
    ),
    Slip("event", rf"(?P<head>reverses .+?) (?:for|up to|in|until|after|inside) {_TIME}", "{head} within {time}"),
    Slip(
        "event",
        r"clawback (?:is )?(?:in proportion|pro[- _]?rata|proportionate(?:ly)?)(?!,? ?, round)(?! \w)",
        "clawback in proportion, round down",
    ),
    Slip("event", r"clawback in proportion round ", "clawback in proportion, round "),
    Slip("event", r"counted (?:on|in|when|upon|with) (?:the )?(?P<at>sale|return)", "counted at {at}"),
    # accounts
    Slip("account", r"owns (?P<first>\w+) (?:and|,? and) (?P<second>\w+)", "owns {first}, {second}"),
    Slip(
        "account",
        r"(?P<clause>joins|leaves) (?P<how>bringing|keeping|taking|leaving)(?: (?:the|their))?(?: (?:balances?|points?))?$",
        "{clause} {how} balance",
    ),
    Slip("account", r"spends (?:if|where|while) ", "spends when "),
    # tables
    Slip(
        "table",
        r"by .*\bone of [\w, ]+?, \w+ (?:money|text|number|whole|percent|date|days|months|yes/no)\b",
        "",
        "a list of words goes to the end of its line: put the key that has one last, here and in the rows",
    ),
    Slip(
        "table",
        r"(?P<head>row .*?)\b(?:until|up to|to|-) (?=\d[^:]*:)",
        "{head}below |{head}through ",
    ),
    Slip("table", r"(?P<head>row .*?)(?:>=|at least|starting at) ?(?=\d[^:]*:)", "{head}from "),
    Slip("table", r"(?P<head>row .*?)(?:>|over|more than) ?(?=\d[^:]*:)", "{head}above "),
    Slip("table", r"(?P<head>row .*?)(?:<=|at most) ?(?=\d[^:]*:)", "{head}through "),
    Slip("table", r"(?P<head>row .*?)(?:<|under|less than|before) ?(?=\d[^:]*:)", "{head}below "),
    Slip("table", r"bands (?:by|in|of) (?P<how>whole|parts)", "bands {how}"),
    Slip("table", r"default:? (?=\S)", "else "),
    Slip("table", r"(?:otherwise|other|others|rest|any other):? (?=\S)", "else "),
    # tiers
    Slip(
        "tiers",
        rf"tier (?P<tier>\w+)(?: (?:on|from|with|after|for|in|above|over|is)| ?(?:>=?|:|=))? {_AMOUNT}",
        "tier {tier} at {amount}",
    ),
    Slip(
        "tiers",
        r"tier (?P<tier>\w+) (?:on |only by |only on |with |upon )?(?:invitation|invited|invite)(?: only)?",
        "tier {tier} by invitation",
    ),
    Slip("tiers", r"tier (?P<tier>\w+) (?:if|while|where|once) ", "tier {tier} when "),
    Slip(
        "tiers", rf"rises (?:at |on )?(?:the )?end of (?:the |each |every )?{_PERIOD}", "rises at end of this {period}"
    ),
    Slip(
        "tiers",
        rf"lasts (?:through |until |to |for )?(?:the )?end of (?:the |each |every )?{_PERIOD}",
        "lasts through end of this {period}|lasts through end of next {period}",
    ),
    Slip("tiers", rf"grace (?:for |of |period |period of )?{_TIME}", "grace {time}"),
    Slip("tiers", r"floor (?P<tier>\w+) (?:if|when|where|for) ", "floor {tier} while "),
    Slip(
        "tiers",
        r"grants (?P<tier>\w+) (?:for|upon|when|after|by|with|to) (?:an? )?(?P<event>\w+)",
        "grants {tier} on {event}",
    ),
    Slip(
        "tiers",
        r"carries (?:over )?(?:the )?excess(?: over)?(?! (?:once|repeatedly))",
        "carries excess once|carries excess repeatedly",
    ),
    Slip("tiers", r"carries over (?:the )?excess (?=once|repeatedly)", "carries excess "),
    Slip("tiers", r"restarts (?:from|at) (?:zero|0)\b", "restarts at rise, from zero"),
    Slip(
        "tiers",
        r"restarts (?:at|on|after|with) (?:each |every |the )?rise(?!, ?(?:from|keeping))(?: from (?:zero|0))?",
        "restarts at rise, from zero",
    ),
    Slip("tiers", r"returns (?:lower|lowers) (?:at )?(?:immediately|now|instantly)", "returns lower at once"),
    Slip("tiers", r"returns (?:lower|lowers) (?:on|in|at the) (?:the )?review", "returns lower at review"),
    Slip("tiers", r"returns (?:are |is )?(?:ignored?|ignoring)\b", "returns lower at review"),
    # rules
    Slip("rule earn", rf"hold (?:for |over |during )?{_TIME}(?: (?:after|from|since) .*)?", "hold {time}"),
    Slip("rule earn", r"hold (?:till|to|up to) ", "hold until "),
    Slip("rule earn", rf"hold (?:on )?{_DATE}", "hold until {date}"),
    Slip(
        "rule earn",
        r"hold (?:until|while|as long as) (?:not )?(?:it is |is )?(?:refundable|reversible|returnable)",
        "hold while returnable",
    ),
    Slip(
        "rule earn", r"share (?P<part>\d+(?:\.\d+)?%) (?:with|for|of|goes to) (?P<fact>\w+)", "share {part} to {fact}"
    ),
    Slip("rule earn", r"share (?P<fact>[A-Za-z_]\w*) (?P<part>\d+(?:\.\d+)?%)", "share {part} to {fact}"),
    Slip(
        "rule earn redeem",
        r"(?P<head>limit .+?),? (?:kept|keeps|stays|used up) (?:on|after|at|by|with) (?:the )?returns?\b",
        "{head}, kept on return",
    ),
    Slip("rule earn group", r"(?:maximum|max|cap|capped at|at most)(?: of)? (?=\d+(?:\.\d+)? \w+ per\b)", "limit "),
    Slip(
        "rule earn",
        r"(?:limit )?(?:the )?(?:first|up to|only) (?P<most>\d+(?:\.\d+)?(?: \w+)?) of (?P<fact>\w+) ",
        "limit {most} of {fact} ",
    ),
    Slip(
        "rule earn",
        r"limit (?P<fact>[A-Za-z_]\w*) (?:to|at) (?P<most>\d+(?:\.\d+)?(?: (?!per\b)\w+)?) (?=per\b)",
        "limit {most} of {fact} ",
    ),
    Slip(
        "rule earn",
        r"funded (?:by )?.*%",
        "",
        "who pays is said in parts: write `funded airline 60, hotel 40`",
    ),
    Slip(
        "rule earn",
        r"funded (?:by )?(?P<a>\d+(?:\.\d+)?) (?P<x>[A-Za-z_]\w*), (?P<b>\d+(?:\.\d+)?) (?P<y>[A-Za-z_]\w*)$",
        "funded {x} {a}, {y} {b}",
    ),
    Slip("rule earn", r"funded (?:by|from) ", "funded "),
    # groups
    Slip(
        "group",
        r"take (?:the |only )?(?:best|highest|largest|greatest|max|maximum)(?: (?:one|award|of .*))?$",
        "take best",
    ),
    Slip("group", r"take (?:the |only )?(?:first|top)(?: (?:one|award|that .*|of .*))?$", "take top"),
    Slip("group", r"take (?:the )?(?:sum|all|every|each)(?: (?:of .*|awards?|one))?$", "take all"),
    Slip("group", r"take (?:only |exactly |just |at most )?(?:one|a single)(?: (?:of .*|award|only))?$", "take one"),
    Slip("redeem", r"(?:give|gives|take|takes|price|costs|spend|spends|pay|pays|burn|burns)(?: is|:)? (?=\d)", "cost "),
    Slip("redeem", r"cost(?: of| is| at|:)? ?:? (?=\d)", "cost "),
    Slip("redeem", rf"for {_AMOUNT}", "cost {amount}"),
    Slip(
        "redeem",
        r"(?:minimum|at least|needs|requires) (?P<much>\d+(?:\.\d+)?) (?P<unit>\w+)",
        "when {unit} available >= {much} {unit}",
    ),
    Slip("redeem", r"maximum (?P<much>\d+(?:\.\d+)?) (?P<unit>\w+)", "limit {much} {unit} per event"),
    Slip(
        "redeem",
        r"(?:worth|value|for) .*",
        "",
        "what the member gets for it is a rule of its own, like `earn` with `give 5 USD per 500 point of "
        '"..."`, the name of this one in the quotes',
    ),
    Slip(
        "redeem",
        r"(?:share|to) .*",
        "",
        "who gets something for it is said by an `earn` that names this one in quotes, with `share` or `give ... to`",
    ),
    Slip("redeem", r"hold .*", "", "what is taken is gone at once: take the line out"),
    Slip(
        "redeem",
        r"from (?:a |the )?(?:one|single|same) (?:expiry|expiration|expiry date|expiration date|day|month|lot|bucket)(?: only)?$",
        "from one expiry",
    ),
    Slip("rule earn", r"(?:cost|costs|price) ", "", "what takes is a `redeem`: write `cost` there, or `give` here"),
    # measures, wherever they stand
    Slip(
        _MEASURED,
        rf"(?P<head>.*?\b)streak of (?P<what>[a-z].*?) (?:per|each|every|by) {_STEP}\b",
        "{head}streak per {step} of {what}",
    ),
    Slip(
        _MEASURED, rf"(?P<head>.*?\b)streak of {_STEP}s? (?:with|of|in|having) (?:an? )?", "{head}streak per {step} of "
    ),
    Slip(
        _MEASURED,
        rf"(?P<head>.*?\b)(?:consecutive|successive) {_STEP}s? (?:with|of) (?:an? )?",
        "{head}streak per {step} of ",
    ),
    *(
        Slip(_MEASURED, rf"(?P<head>.*?\b){how} streak of ", f"{{head}}streak per {step} of ")
        for how, step in (("daily", "day"), ("weekly", "week"), ("monthly", "month"))
    ),
    Slip(
        _MEASURED,
        r"(?P<head>.*\bstreak per .*?\w),? (?:with |and |or |but |allowing |missing )*(?P<times>\d+) "
        r"(?:days? |weeks? |months? )?(?:miss\w*|skip\w*|freezes?|gaps?)(?: days?| weeks?| months?)?(?: allowed)?\b",
        "{head}, {times} missed",
    ),
    Slip(_MEASURED, r"(?P<head>.*\bstreak per .*?[a-z]\w*) (?:at|on|by) (?P<fact>[a-z_]\w*)", "{head}.{fact}"),
    Slip(
        _MEASURED,
        r".*\bstreak *(?:[<>*/+-]|is\b|$)",
        "",
        "say of what and in which window, like `streak per day of EVENT ever`; a name for it is given by `measure`",
    ),
    # the program and its tests
    Slip("program", rf"lateness (?:of |up to |within |at most )?{_TIME}", "lateness {time}"),
    Slip("test", r"expect (?:rejected|refusal|rejection|refuse|error)\b", "expect refused"),
    Slip("test", r"expect (?P<what>[a-z_]\w*) (?:is|at|=|of) (?=[-+\d])", "expect {what} "),
    Slip(
        "test",
        r"(?P<head>expect \w+ needs [\d.]+(?: \w+)?) (?:for|to|until|till|before) (?P<tier>[A-Z])",
        "{head} to reach {tier}",
    ),
    Slip("test", r"expect (?P<ladder>[a-z_]\w*) (?:is|at|=|reaches) (?P<tier>[A-Z]\w*)", "expect {ladder} {tier}"),
)
DECLARATIONS = (
    *("program", "unit", "event", "account", "table", "measure", "tiers", "rule", "earn", "redeem", "group", "test"),
)


@cache
def slips(keyword: str) -> tuple[tuple[re.Pattern[str], Slip], ...]:
    """Those of one declaration, the first that fits being meant; compiled when there is a mistake, which most runs don't see."""
    return tuple((re.compile(slip.begins), slip) for slip in _KNOWN if keyword in slip.of.split())


def meant(keyword: str, line: str, place: Place, reads: Callable[[str], bool]) -> tuple[str, Edit | None] | None:
    """How a clause that can't be read is meant, and the edit that says so; none for a clause that holds a text.

    What is not read (`reads`) either is never offered.
    """
    body, start = line.partition("#")[0].strip(), len(line) - len(line.lstrip())
    plain = " ".join(body.split())
    for pattern, slip in slips(keyword) if '"' not in line else ():
        found = pattern.match(plain)
        if found is None:
            continue
        if slip.why:
            return slip.why.format(**found.groupdict()), None
        ways = [way.format(**found.groupdict()) + plain[found.end() :] for way in slip.meant.split("|")]
        if reads(ways[0]):
            help = "write " + " or ".join(f"`{way}`" for way in ways)
            return help, Edit(place(start, start + len(body)), ways[0]) if len(ways) == 1 else None
    return None


# ---------------------------------------------------------------- what would be read as something else

_FACT = re.compile(r"\s+(reverses|part|clawback|counted)\s+(\S+)(.*)")
_TYPES = ("money", "text", "number", "whole", "percent", "date", "instant", "member", "yes/no", "days", "months")
_REVERSES = re.compile(
    r"\s+(reverse|reversal|reversing|reverts|undoes|undo|cancels|refunds|returns)\s+(?:(?:latest|earliest|the|a)\s+)?(\w+)"
)
_HELD = re.compile(r"\s+hold\s+(until)\s+(\d+\s+(?:day|week|month|year)s?)\s*$")
_BUILT_IN = ("redemption", "adjustment", "transfer")


def unmeant(keyword: str, line: str, source: str, place: Place) -> Diagnostic | None:
    """What the parser would read in a clause as something that nobody means by it."""
    line = line.partition("#")[0].rstrip()
    if keyword == "event":
        return _fact(line, source, place) or _reverses(line, source, place)
    if keyword in ("rule", "earn") and (held := _HELD.match(line)):
        help, edit = f"write `hold {held[2]}`", Edit(place(held.start(1), held.end()), held[2])
        return Diagnostic(
            "G005",
            "`until` can't stand here",
            place(*held.span(1)),
            "a length of time follows",
            help=(help,),
            edit=edit,
        )
    return None


def _fact(line: str, source: str, place: Place) -> Diagnostic | None:
    """That a fact of an event is called like a clause."""
    found = _FACT.match(line)
    if found is None or not (found[2] in _TYPES or _is_type(found[2], found[3].strip(), source)):
        return None
    word, span = found[1], place(*found.span(1))
    message = f"`{word}` starts a clause of `event` and can't be the name of a fact"
    help = (f"write `{word}_` or another word",)
    return Diagnostic("G103", message, span, "taken", help=help, edit=Edit(span, f"{word}_"))


def _is_type(word: str, rest: str, source: str) -> bool:
    """Whether a word behind a clause's keyword and what follows are the type of a fact, going by what the program declares."""
    if re.match(r"optional\b|=", rest):
        return True
    if word in ("one", "list"):
        return bool(re.match(r"of\s+\w+\s*,", rest) or (word == "list" and re.match(r"of\s+\w+$", rest)))
    unit = re.search(rf"^unit[ \t]+{re.escape(word)}\b|^[ \t]+currency[ \t]+{re.escape(word)}\b", source, re.MULTILINE)
    fact = re.search(rf"^[ \t]+{re.escape(word)}[ \t]", source, re.MULTILINE)
    return bool(unit and not fact and not rest)


def _reverses(line: str, source: str, place: Place) -> Diagnostic | None:
    """That an event is named where a fact would have its type."""
    found = _REVERSES.match(line)
    if found is None or not (found[2] in _BUILT_IN or re.search(rf"^event[ \t]+{found[2]}\b", source, re.MULTILINE)):
        return None
    if re.search(rf"^unit[ \t]+{found[2]}\b", source, re.MULTILINE):
        return None
    word, span = found[1], place(*found.span(1))
    message = f"`{word}` is not a clause of `event`"
    help = ("did you mean `reverses`?",)
    return Diagnostic("G013", message, span, "unknown word", help=help, edit=Edit(span, "reverses"))
