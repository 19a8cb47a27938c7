"""What designers say for the clauses of rules, referrals and tests, and how they are written here."""

from __future__ import annotations

from guerdon.syntax.slip import AMOUNT, DATE, MEASURED, PERIOD, STEP, TIME, Slip

RULES = (
    # rules
    Slip(
        "rule earn",
        r"on \w+(?:, ?\w+)*, ?(?P<second>(?:end of|anniversary of|\d).*)",
        "",
        "a rule is on events, or waits for one other thing: write a second rule `on {second}`",
    ),
    Slip(
        "rule earn",
        rf"on (?:the )?(?:(?:last day|end) of |(?:the )?closing of )(?:the |each |every |this |a )?{PERIOD}",
        "on end of {period}",
    ),
    Slip("rule earn", rf"on (?:each |every |the |this )?{PERIOD}(?:'s|s)? end\b", "on end of {period}"),
    Slip("rule earn", rf"on (?:each |every ){PERIOD}", "on end of {period}"),
    Slip(
        "rule earn",
        r"on (?:the |each |every )?anniversary of (?:the )?member\.(?P<fact>\w+)",
        "on anniversary of {fact}",
    ),
    Slip("rule earn", r"on (?:the |each |every )anniversary of ", "on anniversary of "),
    Slip("rule earn", r"on (?:the |each |every )birthdays?\b", "on birthday"),
    Slip(
        "rule earn",
        rf"on {TIME} (?:since|from|following|behind) (?:the |each |every |a )?(?:last |latest )?",
        "on {time} after ",
    ),
    Slip("rule earn", rf"on {TIME} after (?:the |each |every |a |last |latest )", "on {time} after "),
    Slip("rule earn", rf"on after {TIME} (?:of |from |since )?(?:the |a )?", "on {time} after "),
    Slip("rule earn", rf"on {TIME} with(?:out|(?: |-)no) (?:any |an? |the )", "on {time} without "),
    Slip("rule earn", rf"on {TIME} no ", "on {time} without "),
    Slip("rule earn", rf"on no (?P<event>\w+) (?:for|in|within|during) {TIME}", "on {time} without {event}"),
    Slip(
        "rule earn",
        rf"on (?:after )?{TIME} (?:of )?(?:inactivity|silence|without (?:any )?activity)",
        "",
        "name the events that end the silence: write `on {time} without EVENT`",
    ),
    Slip(
        "rule earn",
        rf"on {TIME} before (?:the )?(?:expiry|expiration|expiring) of (?:the )?(?P<unit>\w+?)s?$",
        "on {time} before {unit} expires",
    ),
    Slip(
        "rule earn",
        rf"on {TIME} before (?P<unit>\w+?)s? (?:expire|expired|expiry|expiration|are gone)\b",
        "on {time} before {unit} expires",
    ),
    Slip(
        "rule earn",
        rf"on {TIME} before (?:expiry|expiration)\b",
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
    Slip(
        "rule earn",
        r"give (?P<fact>[a-z_]\w*) (?!to$|of$|per$|available$|earned$|ever$|point_$)(?P<unit>[a-z_]\w*)$",
        "",
        "write `give {fact} * 1 {unit}`; or declare `{fact} {unit}`, and write `give {fact}`",
    ),
    Slip(
        "rule earn",
        r"give (?P<table>[a-z_]\w*)\((?P<key>[^()]*)\) (?!to$|of$|per$)(?P<unit>[a-z_]\w*)$",
        "",
        "write the unit in the rows of the table, like `2 {unit}`, and `give {table}({key})`; or write `give {table}({key}) * 1 {unit}`",
    ),
    Slip(
        "rule earn redeem referral group",
        r"limit (?P<most>\d+(?:\.\d+)? (?!per\b)\w+) (?:for |by |each |every |a )?(?=(?:member|event|program|referrer|friend)\b)",
        "limit {most} per ",
    ),
    Slip("rule earn", rf"hold (?:for |over |during )?{TIME}(?: (?:after|from|since) .*)?", "hold {time}"),
    Slip("rule earn", r"hold (?:till|to|up to) ", "hold until "),
    Slip("rule earn", rf"hold (?:on )?{DATE}", "hold until {date}"),
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
    Slip("rule earn", r"funded from ", "funded "),
    Slip("rule earn", r"funded by (?:[A-Za-z_]\w*\.)?(?P<x>[A-Za-z_]\w*)$", "funded by {x} 1"),
    Slip("rule earn", r"funded (?:by )?[A-Za-z_]\w*\.(?P<x>[A-Za-z_]\w*) (?=\d)", "funded by {x} "),
    Slip(
        "rule earn",
        r"(?:control|hold ?out|leave out)(?: group)?(?: of| is)?:? (?P<share>\d+(?:\.\d+)?%)(?: of (?:all |the )?(?:members|customers|people))?$",
        "control {share}",
    ),
    Slip(
        "redeem",
        r"control\b",
        "",
        "who asks for something is never left out by chance: `control` stands in rules that give",
    ),
    Slip(
        "referral", r"control\b", "", "two people have to do with a referral, and a control group is drawn one by one"
    ),
    # ranks
    Slip("measure", r"rank(?:ed)? (?P<first>highest|lowest)(?: first)?$", "ranked {first} first, at end of month"),
    Slip(
        "measure",
        r"(?P<head>ranked .*?),? (?:on |at )?(?:every|each|this|the) (?P<step>month|week|quarter|day)$",
        "{head}, at end of {step}",
    ),
    Slip(
        "measure",
        r"(?P<head>ranked .*?in \d+) (?:equal )?(?:groups|buckets|classes|bins|tiles|quantiles|scores)\b",
        "{head} parts",
    ),
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
    Slip("redeem", rf"for {AMOUNT}", "cost {amount}"),
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
        rf"within {TIME}(?P<rest>.*)",
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
        MEASURED,
        r"(?P<head>.*?\b)(?P<how>count|sum) of (?P<first>[a-z_][\w.]*)(?:, ?| and | or |, and )(?P<second>[a-z_][\w.]*) "
        r"(?P<window>(?:this|previous) (?:(?:calendar|fiscal|membership) )?\w+|last \d+ \w+|since \w+|ever)\b",
        "{head}{how} of {first} {window} + {how} of {second} {window}",
    ),
    Slip(
        MEASURED,
        r"(?P<head>.*?\w) (?:clawed back|reversed|refunded|taken) (?=this |previous |last \d|since |ever\b)",
        "{head} taken back ",
    ),
    Slip(
        MEASURED,
        rf"(?P<head>.*?\b)streak of (?P<what>[a-z].*?) (?:per|each|every|by) {STEP}\b",
        "{head}streak per {step} of {what}",
    ),
    Slip(
        MEASURED, rf"(?P<head>.*?\b)streak of {STEP}s? (?:with|of|in|having) (?:an? )?", "{head}streak per {step} of "
    ),
    Slip(
        MEASURED,
        rf"(?P<head>.*?\b)(?:consecutive|successive) {STEP}s? (?:with|of) (?:an? )?",
        "{head}streak per {step} of ",
    ),
    *(
        Slip(MEASURED, rf"(?P<head>.*?\b){how} streak of ", f"{{head}}streak per {step} of ")
        for how, step in (("daily", "day"), ("weekly", "week"), ("monthly", "month"))
    ),
    Slip(
        MEASURED,
        r"(?P<head>.*\bstreak per .*?\w),? (?:with |and |or |but |allowing |missing )*(?P<times>\d+) "
        r"(?:days? |weeks? |months? )?(?:miss\w*|skip\w*|freezes?|gaps?)(?: days?| weeks?| months?)?(?: allowed)?\b",
        "{head}, {times} missed",
    ),
    Slip(MEASURED, r"(?P<head>.*\bstreak per .*?[a-z]\w*) (?:at|on|by) (?P<fact>[a-z_]\w*)", "{head}.{fact}"),
    Slip(
        MEASURED,
        r".*\bstreak *(?:[<>*/+-]|is\b|$)",
        "",
        "say of what and in which window, like `streak per day of EVENT ever`; a name for it is given by `measure`",
    ),
    # the program and its tests
    Slip("program", rf"lateness (?:of |up to |within |at most )?{TIME}", "lateness {time}"),
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
