"""An account as one page of HTML that needs nothing else: balances drawn over time, then each event, which opens to its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from guerdon.study.describe.shown import whole_page
from guerdon.study.explain.account import (
    Account,
    BalanceAccount,
    EventAccount,
    LadderAccount,
    LotAccount,
    Reading,
    Reason,
    RuleAccount,
)
from guerdon.study.explain.drawing import drawn
from guerdon.study.explain.shown import MOST_TOLD, summed
from guerdon.study.explain.timeline import Moment
from guerdon.study.report.fragment import STYLE

OWN_STYLE = """
details { border-bottom: 1px solid #e6e6e6; padding: .25rem 0; } details[open] { padding-bottom: .8rem; }
summary, .alone { display: grid; grid-template-columns: 9.5rem 13rem 1fr; gap: .7rem; font-variant-numeric: tabular-nums; font-size: .88rem; }
summary { cursor: pointer; } summary:hover { background: #f7f7f5; } summary::before { content: none; }
summary b::before { content: '\\25B8\\00A0'; color: #1f5fa8; } details[open] summary b::before { content: '\\25BE\\00A0'; }
.alone { border-bottom: 1px solid #e6e6e6; padding: .25rem 0; color: #666; } time { color: #555; }
.facts { color: #444; font-size: .85rem; margin: .3rem 0 .3rem 1rem; }
.rule { margin: .6rem 0 0 1rem; padding-left: .8rem; border-left: 3px solid #ccc; } .rule.fired { border-color: #3b7d3f; }
.rule h4 { margin: 0; font-size: .92rem; } .rule h4 small { color: #777; font-weight: normal; margin-left: .6rem; }
.rule td { white-space: normal; vertical-align: top; } .rule td:first-child { color: #555; width: 6rem; } .rule td span { color: #777; display: block; }
tr.nearest td { background: #fff4e0; } p.sum { margin: .3rem 0 0; font-size: .85rem; font-variant-numeric: tabular-nums; }
@media (max-width: 50rem) { summary, .alone { grid-template-columns: 1fr; gap: 0; } }
@media print { details:not([open]) > *:not(summary) { display: none; } }
"""


def as_html(account: Account) -> str:
    """The whole page."""
    anchors = {(each.event, each.kind): f"e{at}" for at, each in enumerate(account.explained)}
    by_event = {event: anchor for (event, _), anchor in anchors.items()}
    when = f"at the end of {account.as_of}" if account.as_of else "at the end of the history"
    tiles = "".join(f"<div><span>{escape(when)}</span><b>{escape(each)}</b></div>" for each in account.standing)
    parts = [
        f"<h1>{escape(account.member)}</h1>",
        f"<p>{escape(account.program)}</p>",
        f'<div class="headline">{tiles}</div>',
    ]
    for course in account.courses:
        parts += [f"<h2>{escape(course.unit)} of {escape(course.holder)}</h2>", drawn(course, by_event)]
    parts += ["<h2>What happened</h2>", *_timeline(account)] if account.explained or not _standing(account) else []
    parts += _standing(account)
    return whole_page(f"{account.member}: {account.program}", STYLE + OWN_STYLE, "\n".join(filter(None, parts)))


# ---------------------------------------------------------------- events


def _timeline(account: Account) -> Iterator[str]:
    """Each moment: an event opens to what is explained of it; what came by itself has nothing to open."""
    explained = {(each.event, each.kind): (at, each) for at, each in enumerate(account.explained)}
    alone = len(account.explained) == 1
    for moment in account.timeline:
        found = explained.get((moment.event, moment.kind))
        if found is None:
            yield f'<div class="alone">{_told(moment)}</div>'
        else:
            at, event = found
            head = f'<details id="e{at}"{" open" if alone else ""}><summary>{_told(moment)}</summary>'
            yield "\n".join((head, *_event(event), "</details>"))


def _told(moment: Moment) -> str:
    named = f"{moment.kind} {moment.event}" if moment.event else moment.kind
    return f"<time>{escape(moment.when)}</time><b>{escape(named)}</b><span>{escape(moment.text)}</span>"


def _event(of: EventAccount) -> Iterator[str]:
    before = [f"before it: {', '.join(of.before)}"] if of.before else []
    lines = [*filter(None, [of.facts]), *before, *(f"undoes {each}" for each in of.undid), *of.came]
    yield f'<p class="facts">{"<br>".join(map(escape, lines))}</p>'
    yield from map(_rule, of.rules)


def _rule(of: RuleAccount) -> str:
    did = "said" if of.said else "took" if of.took else "gave"
    head = f"<h4>“{escape(of.rule)}” {did} {escape(of.gave)}<small>{escape(of.place)}</small></h4>"
    rows = "".join(map(_reason, of.reasons))
    total = f'<p class="sum">{escape(summed(of))}</p>' if len(of.sums) > MOST_TOLD else ""
    return f'<div class="rule{" fired" if of.fired else ""}">{head}<table>{rows}</table>{total}</div>'


def _reason(of: Reason) -> str:
    read = "".join(f"<span>{escape(_said(each))}</span>" for each in of.readings if each.name != of.text)
    mark = ' class="nearest"' if of.clause == "nearest" else ""
    return f"<tr{mark}><td>{escape(of.clause)}</td><td>{escape(of.text)}{read}</td><td>{escape(of.result)}</td></tr>\n"


def _said(of: Reading) -> str:
    return f"{of.name} is {of.value}"


# ---------------------------------------------------------------- balances and tiers


def _standing(account: Account) -> list[str]:
    """What the balances and tiers are made of that were asked for."""
    parts = [part for each in account.balances for part in _balance(each)]
    parts += [part for each in account.ladders for part in _ladder(each)]
    return ["<h2>How it comes to that</h2>", *parts] if parts else []


def _balance(of: BalanceAccount) -> Iterator[str]:
    held = f", {of.held} held" if of.held else ""
    yield f"<h3>What {escape(of.balance)}{escape(held)} of {escape(of.holder)} are made of</h3>"
    rows = [row for each in of.lots for row in _lot(each)]
    rows += [(f"owed: {each.name}", "", "", "", "", "", each.value, "") for each in of.owed]
    yield _table(("Lot", "Rule", "Since", ">Given", "Where it went", ">Held", ">Left", "Expires"), rows)


def _lot(of: LotAccount) -> Iterator[tuple[str, ...]]:
    """A lot, and below it the awards that are in it together."""
    went = ", ".join(f"{each.name} {each.value}" for each in of.went)
    yield of.name, of.place, of.since, of.granted, went, of.held, of.left, of.expires
    yield from ((f"\u2003{each.name}", "", "", each.value, "", "", "", "") for each in of.came)


def _ladder(of: LadderAccount) -> Iterator[str]:
    yield f"<h3>{escape(of.ladder)}: {escape(of.tier)}</h3>"
    yield _table(("Clause", "What came of it"), of.counts)
    if of.counted:
        yield _table(("Day", ">Counted"), [(each.name, each.value) for each in of.counted])
    yield _table(("Since", "Tier"), of.moves)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of the columns in which something stands; those whose name begins with `>` are set flush right."""
    listed = [*rows]
    shown = [at for at in range(len(columns)) if any(row[at] for row in listed)]
    sides = {at: ' class="right"' if columns[at].startswith(">") else "" for at in shown}
    head = "".join(f"<th{sides[at]}>{escape(columns[at].removeprefix('>'))}</th>" for at in shown)
    cells = ("".join(f"<td{sides[at]}>{escape(row[at])}</td>" for at in shown) for row in listed)
    body = "".join(f"<tr>{each}</tr>\n" for each in cells)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>' if body else ""
