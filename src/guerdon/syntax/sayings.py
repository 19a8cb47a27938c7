"""What designers say for a clause, and how it is written here."""

from __future__ import annotations

from typing import NamedTuple

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


KNOWN = (
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
    Slip(
        "rule earn",
        r"on \w+(?:, ?\w+)*, ?(?P<second>(?:end of|anniversary of|\d).*)",
        "",
        "a rule is on events, or waits for one other thing: write a second rule `on {second}`",
    ),
    Slip(
        "rule earn",
        rf"on (?:the )?(?:(?:last day|end) of |(?:the )?closing of )(?:the |each |every |this |a )?{_PERIOD}",
        "on end of {period}",
    ),
    Slip("rule earn", rf"on (?:each |every |the |this )?{_PERIOD}(?:'s|s)? end\b", "on end of {period}"),
    Slip("rule earn", rf"on (?:each |every ){_PERIOD}", "on end of {period}"),
    Slip(
        "rule earn",
        r"on (?:the |each |every )?anniversary of (?:the )?member\.(?P<fact>\w+)",
        "on anniversary of {fact}",
    ),
    Slip("rule earn", r"on (?:the |each |every )anniversary of ", "on anniversary of "),
    Slip("rule earn", r"on (?:the |each |every )birthdays?\b", "on birthday"),
    Slip(
        "rule earn",
        rf"on {_TIME} (?:since|from|following|behind) (?:the |each |every |a )?(?:last |latest )?",
        "on {time} after ",
    ),
    Slip("rule earn", rf"on {_TIME} after (?:the |each |every |a |last |latest )", "on {time} after "),
    Slip("rule earn", rf"on after {_TIME} (?:of |from |since )?(?:the |a )?", "on {time} after "),
    Slip("rule earn", rf"on {_TIME} with(?:out|(?: |-)no) (?:any |an? |the )", "on {time} without "),
    Slip("rule earn", rf"on {_TIME} no ", "on {time} without "),
    Slip("rule earn", rf"on no (?P<event>\w+) (?:for|in|within|during) {_TIME}", "on {time} without {event}"),
    Slip(
        "rule earn",
        rf"on (?:after )?{_TIME} (?:of )?(?:inactivity|silence|without (?:any )?activity)",
        "",
        "name the events that end the silence: write `on {time} without EVENT`",
    ),
    Slip(
        "rule earn",
        rf"on {_TIME} before (?:the )?(?:expiry|expiration|expiring) of (?:the )?(?P<unit>\w+?)s?$",
        "on {time} before {unit} expires",
    ),
    Slip(
        "rule earn",
        rf"on {_TIME} before (?P<unit>\w+?)s? (?:expire|expired|expiry|expiration|are gone)\b",
        "on {time} before {unit} expires",
    ),
    Slip(
        "rule earn",
        rf"on {_TIME} before (?:expiry|expiration)\b",
        "",
        "name the unit: write `on {time} before UNIT expires`",
    ),
    Slip(
        "rule earn",
        r"on (?P<ladder>[a-z_]\w*) (?:is|>=|reached|reaches|to|becomes|becoming|at) (?P<tier>[A-Z]\w*)$",
        "on {ladder} reaching {tier}",
    ),
    Slip(
        "rule earn",
        r"on (?:reaching|becoming|entering|rise to|rising to) (?P<ladder>[a-z_]\w*) (?P<tier>[A-Z]\w*)$",
        "on {ladder} reaching {tier}",
    ),
    Slip("rule earn", r"on (?P<ladder>[a-z_]\w*) (?P<tier>[A-Z]\w*)$", "on {ladder} reaching {tier}"),
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
    # referrals
    Slip("referral", r"friend (?:by|on|is|with|at|appears with|appears on) ", "friend "),
    Slip("referral", r"referrer (?:is |by |in |from )", "referrer "),
    Slip(
        "referral",
        r"(?P<who>referrer|friend) (?:gets|get|receives|earns) (?P<what>\d.+)",
        "give {what} to {who}",
    ),
    Slip("referral", r"referrer (?P<first>[a-z]+) (?P<second>[a-z]+)$", "referrer {first}_{second}"),
    Slip(
        "referral",
        r"(?:both|each|everyone) (?:of them )?(?:gets?|receives?|earns?) (?P<what>\d.+)",
        "",
        "what each of the two gets stands on a line of its own: write `give {what} to referrer`, and `give {what} to friend`",
    ),
    Slip(
        "referral",
        r"give (?P<what>\d.+?) (?:to|for) (?:both|each)(?: of them)?$",
        "",
        "write two lines, `give {what} to referrer` and `give {what} to friend`",
    ),
    Slip("referral", r"(?:reward|award|gets|gives|pays?) (?P<what>\d.+)", "give {what}"),
    Slip("referral", r"(?P<head>give .+?) (?:for|by) (?:the )?(?P<who>referrer|friend)$", "{head} to {who}"),
    Slip(
        "referral",
        r"qualifies (?:(?:the|any|a|an|first|their|with|on|by) )+(?P<event>\w+)(?: of (?:the )?friend)?",
        "qualifies {event}",
    ),
    Slip("referral", r"qualifies (?P<event>\w+) of (?:the )?friend", "qualifies {event}"),
    Slip("referral", r"(?P<head>qualifies .+?) (?:if|when|with) ", "{head} where "),
    Slip("referral", r"(?P<head>qualifies .+? within \d+ \w+) (?:after|from|since) (?:the )?", "{head} of "),
    Slip(
        "referral",
        rf"within {_TIME}(?P<rest>.*)",
        "",
        "the time stands behind the event: write `qualifies EVENT within {time} of EVENT`",
    ),
    Slip(
        "referral",
        r"refuse same (?P<first>\w+)(?:,| and|, and| or) (?:same )?(?P<second>\w+)$",
        "refuse same {first}, same {second}",
    ),
    Slip("referral", r"refuse (?:the |when |if )?(?P<fact>\w+) (?:is )?(?:the )?same$", "refuse same {fact}"),
    Slip("referral", r"refuse (?!same )(?P<fact>\w+)$", "refuse same {fact}"),
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
    Slip("test", r"expect (?:an? )?(?:message|said|say)\b", "expect 1 message"),
    Slip("test", r"expect (?P<what>[a-z_]\w*) (?:is|at|=|of) (?=[-+\d])", "expect {what} "),
    Slip(
        "test",
        r"(?P<head>expect \w+ needs [\d.]+(?: \w+)?) (?:for|to|until|till|before) (?P<tier>[A-Z])",
        "{head} to reach {tier}",
    ),
    Slip("test", r"expect (?P<ladder>[a-z_]\w*) (?:is|at|=|reaches) (?P<tier>[A-Z]\w*)", "expect {ladder} {tier}"),
)
KNOWN_AS = dict.fromkeys("announce inform message messages notification notify remind send tell tells".split(), "say")
"""Clauses by other words that designers have for them."""
DECLARATIONS = (
    *("program", "unit", "event", "account", "table", "measure", "tiers"),
    *("rule", "earn", "redeem", "referral", "offer", "group", "test", "law"),
)
