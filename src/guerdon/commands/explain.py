"""`guerdon explain`: arguments and exit codes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import click

from guerdon.command import history_of, loaded, stop, waiting
from guerdon.options import DAY, history_option, set_option

if TYPE_CHECKING:
    from guerdon.history.open import History
    from guerdon.program import nodes
    from guerdon.study.explain.account import Account


@click.command()
@click.argument("file", type=click.Path())
@history_option
@click.option("--member", help="Whose account.")
@click.option("--event", help="The event to explain in full.")
@click.option("--rule", help="The rule or group to explain, alone; or, without --event, a ladder or a unit.")
@click.option("--award", metavar="ID", help="The award to explain, by its id; without --member, --event and --rule.")
@click.option("--as-of", type=DAY, help="The last day to read.")
@set_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="Text for people, JSON, or a page with all events in full.",
)
def explain(
    file: str,
    history: str | None,
    member: str | None,
    event: str | None,
    rule: str | None,
    award: str | None,
    as_of: date | None,
    given: dict[str, str],
    form: str,
) -> None:
    """Say why a member was given what they were given, and why not."""
    from guerdon.study import screen
    from guerdon.study.explain import page, shown
    from guerdon.study.explain.explain import explain as explained

    if award is not None and (member, event, rule) != (None, None, None):
        raise click.UsageError("--award says whose it is, of which event and which rule: leave these out")
    if award is None and member is None:
        raise click.UsageError("say whose account: --member, or an --award")
    program = loaded(file, form, given)
    if rule is not None:
        _check_rule(program.typed, rule, event)
    with history_of(program, history, form) as opened:
        member, event, rule = _awarded(program.typed, opened, award) if award is not None else (member, event, rule)
        assert member is not None
        every = form == "html" and event is None and rule is None
        with waiting("explaining"):
            account = explained(program.typed, opened.events, opened.members, member, event, rule, as_of, every)
        _check_found(account, opened, member, event, as_of)
    if form == "html":
        click.echo(page.as_html(account), nl=False)
    elif form == "json":
        click.echo(json.dumps(asdict(account), indent=2))
    else:
        shown.show_account(account, screen.console())


def _check_rule(program: nodes.Program, rule: str, event: str | None) -> None:
    """Ends the command where nothing has the name, or what has it can't be explained so."""
    from guerdon.text.diagnostic import nearest

    rules, standing = {**program.rules, **program.groups}, {**program.ladders, **program.units}
    if rule not in rules and rule not in standing:
        near = nearest(rule, rules if event is not None else [*rules, *standing])
        stop(f'no rule is called "{rule}"' + (f'; did you mean "{near}"?' if near else ""), "G902")
    if event is not None and rule not in rules:
        what = "a ladder" if rule in program.ladders else "a unit"
        raise click.UsageError(f"{rule} is {what}, shown as it stands at the end: leave --event out, or take --as-of")
    if event is None and rule not in standing:
        raise click.UsageError("--rule needs --event: say at which event; without it, the member's events are listed")


def _awarded(program: nodes.Program, opened: History, award: str) -> tuple[str, str, str | None]:
    """Whose award it is, of which event and rule; the command ends where there is none."""
    from guerdon.study.explain.awarded import awarded

    found = awarded(program, opened.events, award)
    if found is None:
        stop(f"no event of the history gives an award {award}; the table of awards has their ids", "G902")
    return found


def _check_found(account: Account, opened: History, member: str, event: str | None, as_of: date | None) -> None:
    """Ends the command where the history holds nothing of the member, or not the event that was asked for."""
    from guerdon.text.diagnostic import nearest

    read = f" through {as_of}" if as_of is not None else ""
    if not account.events:
        near = nearest(member, {each.member for each in opened.events()})
        meant = f"; did you mean {near}?" if near else ""
        stop(f"no event of the history{read} is of a member {member}{meant}", "G902")
    if event is not None and not account.explained:
        stop(
            _why_not(opened, member, event)
            or f"{member} has no event {event}{read}; without --event, their events are listed",
            "G902",
        )


def _why_not(opened: History, member: str, event: str) -> str:
    """Why an event is not one of a member's: it was set aside as it was read, or is somebody else's; empty where there is none."""
    for each in opened.rejections:
        if each.event == event:
            where = f" ({each.code}, {each.place})" if each.place is not None else f" ({each.code})"
            return f"{event} was set aside when the history was read{where}: {each.message}"
    others = (each.member for each in opened.events() if each.id == event and each.member != member)
    other = next(others, None)
    return f"{event} is an event of {other}: ask for `--member {other}`" if other is not None else ""
