"""An account on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from guerdon.study.explain.account import Account, EventAccount, LadderAccount, RuleAccount
from guerdon.study.screen import table


def show_account(account: Account, to: Console) -> None:
    """Events and awards of a member, then what was asked about in full."""
    if account.ladder is not None:
        _show_ladder(account.member, account.ladder, to)
    elif not account.explained:
        rows = [(each.event, each.kind, each.when, each.text) for each in account.timeline]
        said = "Given" if rows == account.events else "What came of it"
        to.print(table(f"Member {account.member}", ("Event", "Kind", "When", said), rows))
        to.print()
        to.print(f"Now: {', '.join(account.standing)}")
    for event in account.explained:
        show_event(account.member, event, to)


def _show_ladder(member: str, ladder: LadderAccount, to: Console) -> None:
    to.print(
        Text(f"{ladder.ladder} {ladder.tier}", style="bold"), f"of {escape(member)}  [dim]{escape(ladder.place)}[/]"
    )
    for text, came in ladder.counts:
        to.print(f"  {escape(text)}")
        to.print(f"                -> {escape(came)}")
    for when, text in ladder.moves:
        to.print(f"  {when}  {escape(text)}")


def show_event(member: str, event: EventAccount, to: Console) -> None:
    """What came of an event, rule by rule."""
    to.print(Text(f"{event.kind} {event.event}", style="bold"), f"of {escape(member)} on {event.when}")
    if event.facts:
        to.print(f"  {escape(event.facts)}")
    if event.before:
        to.print(f"  before it: {escape(', '.join(event.before))}")
    for text in event.undid:
        to.print(f"  undoes {escape(text)}")
    for text in event.came:
        to.print(f"  {escape(text)}")
    if not event.rules:
        to.print(f"  no rule is looked at on a {escape(event.kind)}")
    for rule in event.rules:
        to.print()
        _show_rule(rule, to)


def _show_rule(rule: RuleAccount, to: Console) -> None:
    style = "bold green" if rule.fired else "bold"
    did = "said" if rule.said else "took" if rule.took else "gave"
    to.print(Text(f'"{rule.rule}" {did} {rule.gave}', style=style), Text(f"  {rule.place}", style="dim"))
    for reason in rule.reasons:
        to.print(f"    {reason.clause:<11} {escape(reason.text)}")
        for reading in reason.readings:
            if reading.name != reason.text:
                to.print(f"                [dim]{escape(reading.name)} is {escape(reading.value)}[/]")
        if reason.result:
            to.print(f"                -> {escape(reason.result)}")
