"""What designers say for a clause, and how it is written here."""

from __future__ import annotations

from guerdon.syntax.sayings_of_rules import RULES
from guerdon.syntax.slip import AMOUNT, DATE, EARNED, PERIOD, TIME, Slip

KNOWN = (
    # units
    Slip("unit", r"never expires?\b", "expires never"),
    Slip("unit", r"expires (?:no|not|none|forever)\b", "expires never"),
    Slip(
        "unit",
        rf"expires (?:after |in |within )?{TIME} (?:of inactivity|without (?:any )?activity|after (?:the )?(?:last|latest) activity)",
        "expires {time} without EVENT",
        "name the events that keep points alive: write `expires {time} without EVENT`",
    ),
    Slip(
        "unit", rf"expires (?:after |in |within )?{TIME} (?:after|from|since) {EARNED}", "expires {time} after earned"
    ),
    Slip("unit", rf"expires (?:after|in|within) {TIME} after (?=\w)", "expires {time} after "),
    Slip(
        "unit",
        rf"expires (?:after |in |within )?{TIME}(?! (?:after|without|from|since)\b)",
        "expires {time} after earned",
    ),
    Slip("unit", rf"expires (?:at |on |by |after |until )?{DATE}", "expires on {date}"),
    Slip(
        "unit",
        rf"expires (?:at |on |by )?(?:the )?end of (?:the |each |every )?{PERIOD}",
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
    Slip("unit", rf"debt (?:at most |limit |limited to |max |maximum |to |below )?{AMOUNT}", "debt up to {amount}"),
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
    Slip("event", rf"(?P<head>reverses .+?) (?:for|up to|in|until|after|inside) {TIME}", "{head} within {time}"),
    Slip(
        "event",
        r"clawback (?:is )?(?:in proportion|pro[- _]?rata|proportionate(?:ly)?)(?!,? ?, round)(?! \w)",
        "clawback in proportion, round down",
    ),
    Slip("event", r"clawback in proportion round ", "clawback in proportion, round "),
    Slip(
        "event",
        r"(?P<how>clawback (?:recomputed|in proportion, ?round (?:down|up|half up|half even))) (?:from )?(?:the )?oldest(?: first| lots?)?",
        "{how}, oldest first",
    ),
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
    Slip("table", r"keys? (?=[a-z_]\w*$)", "by "),
    Slip(
        "table",
        r"(?!(?:rows?|columns?|bands?)\b)(?P<key>[A-Za-z_]\w*):? (?P<value>\d+(?:\.\d+)?%)$",
        "row {key}: {value}",
    ),
    Slip(
        "table",
        r"(?!(?:rows?|columns?|bands?)\b)(?P<key>[A-Za-z_]\w*):? (?P<value>\d+(?:\.\d+)?)$",
        "row {key}: {value} {a_unit}",
    ),
    Slip("table", rf"(?!(?:rows?|columns?|bands?)\b)(?P<key>[A-Za-z_]\w*):? {AMOUNT}$", "row {key}: {amount}"),
    # tiers
    Slip(
        "tiers",
        rf"tier (?P<tier>\w+)(?: (?:on|from|with|after|for|in|above|over|is)| ?(?:>=?|:|=))? {AMOUNT}",
        "tier {tier} at {amount}",
    ),
    Slip(
        "tiers",
        r"tier (?P<tier>\w+) (?:on |only by |only on |with |upon )?(?:invitation|invited|invite)(?: only)?",
        "tier {tier} by invitation",
    ),
    Slip("tiers", r"tier (?P<tier>\w+) (?:if|while|where|once) ", "tier {tier} when "),
    Slip(
        "tiers", rf"rises (?:at |on )?(?:the )?end of (?:the |each |every )?{PERIOD}", "rises at end of this {period}"
    ),
    Slip(
        "tiers",
        rf"lasts (?:through |until |to |for )?(?:the )?end of (?:the |each |every )?{PERIOD}",
        "lasts through end of this {period}|lasts through end of next {period}",
    ),
    Slip("tiers", rf"grace (?:for |of |period |period of )?{TIME}", "grace {time}"),
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
    Slip(
        "tiers",
        r"(?P<counts>counts .+?),? (?:(?:but |and )?(?:never|not) (?:falls? |goes |drops )?(?:below|under|less than) (?:0|zero)|at least (?:0|zero)|(?:but )?never negative|(?:minimum|floor) (?:0|zero))(?: \w+)?$",
        "{counts}, never below zero",
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
    *RULES,
)
KNOWN_AS = dict.fromkeys("announce inform message messages notification notify remind send tell tells".split(), "say")
"""Clauses by other words that designers have for them."""
DECLARATIONS = (
    *("program", "unit", "event", "account", "table", "measure", "tiers"),
    *("rule", "earn", "redeem", "referral", "offer", "group", "test", "law"),
)
