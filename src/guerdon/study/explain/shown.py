"""An account on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from guerdon.study import words
from guerdon.study.explain.account import Account, BalanceAccount, EventAccount, LadderAccount, LotAccount, RuleAccount
from guerdon.study.screen import table


def show_account(account: Account, to: Console) -> None:
    """Events and awards of a member, or the ladder or balance or the events that were asked about in full."""
    for ladder in account.ladders:
        _show_ladder(account, ladder, to)
    for balance in account.balances:
        _show_balance(account, balance, to)
    if not (account.ladders or account.balances or account.explained):
        rows = [(each.event, each.kind, each.when, each.text) for each in account.timeline]
        said = "Given" if rows == account.events else "What came of it"
        to.print(table(f"Member {account.member}", ("Event", "Kind", "When", said), rows))
        to.print()
        to.print(f"{f'At the end of {account.as_of}' if account.as_of else 'Now'}: {', '.join(account.standing)}")
    for event in account.explained:
        show_event(account.member, event, to)


def _of(account: Account, holder: str) -> str:
    return escape(holder) + (f" at the end of {account.as_of}" if account.as_of else "")


def _show_ladder(account: Account, ladder: LadderAccount, to: Console) -> None:
    head = Text(f"{ladder.ladder} {ladder.tier}", style="bold")
    to.print(head, f"of {_of(account, account.member)}  [dim]{escape(ladder.place)}[/]")
    for number, (text, came) in enumerate(ladder.counts):
        to.print(f"  {escape(text)}")
        for each in ladder.counted if number == 0 else ():
            to.print(f"                [dim]{each.name}  {escape(each.value)}[/]")
        to.print(f"                -> {escape(came)}")
    for when, text in ladder.moves:
        to.print(f"  {when}  {escape(text)}")


def _show_balance(account: Account, balance: BalanceAccount, to: Console) -> None:
    """The lots of which something is there, those that are gone in one row, what is owed, and the sum of all."""
    held = f", {balance.held} held" if balance.held else ""
    head = Text(f"{balance.balance}{held}", style="bold")
    to.print(head, f"of {_of(account, balance.holder)}  [dim]{escape(balance.place)}[/]")
    for text, place in balance.rules:
        to.print(f"  {escape(text)}  [dim]{escape(place)}[/]")
    there = [each for each in balance.lots if _is_there(each)]
    rows = [row for each in there for row in (_lot_row(each), *_rows_below(each))]
    rows += [{"Lot": f"owed: {each.name}", ">Left": each.value} for each in balance.owed]
    gone = len(balance.lots) - len(there)
    shown = [each for each in _COLUMNS if any(row.get(each) for row in rows)]
    if rows:
        to.print()
        made = table("Lots", shown, [[row.get(each, "") for each in shown] for row in rows])
        for column in made.columns:
            column.overflow = "fold"  # a place is one long word
        to.print(made)
    if gone:
        to.print(f"{words.count(gone, 'lot')} more of which nothing is left; `--format json` has all of them.")


_COLUMNS = ("Lot", "Rule", "Since", ">Given", "Where it went", ">Held", ">Left", "Expires")


def _lot_row(of: LotAccount) -> dict[str, str]:
    went = ", ".join(f"{each.name} {each.value}" for each in of.went)
    values = of.name, of.place, of.since, of.granted, went, of.held, of.left, of.expires
    return dict(zip(_COLUMNS, values, strict=True))


def _rows_below(of: LotAccount) -> list[dict[str, str]]:
    """The awards that are in one lot."""
    return [{"Lot": f"  {each.name}", ">Given": each.value} for each in of.came]


def _is_there(of: LotAccount) -> bool:
    return bool(of.held) or not of.left.startswith("0 ")


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
    if not event.rules and not any(each.startswith("set aside") for each in event.came):
        to.print(f"  no rule is on `{escape(event.kind)}`")
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
    if len(rule.sums) > MOST_TOLD:
        to.print(f"    {'sum':<11} {escape(summed(rule))}")


MOST_TOLD = 2
"""A sum of so many parts is seen without being written out."""


def summed(rule: RuleAccount) -> str:
    """What a rule gave as a sum: `40.7 point - 0.7 point (round) - 10 point (limit 30 point per member) = 30 point`."""
    first, *rest = rule.sums
    parts = "".join(
        f" {'-' if each.value.startswith('-') else '+'} {each.value.removeprefix('-')} ({each.name})" for each in rest
    )
    return f"{first.value}{parts} = {rule.gave}"
