"""Results on a terminal: tables for people, coloured only where a terminal shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from io import StringIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from guerdon.history.event import Rejection
from guerdon.program.currency import DECIMALS
from guerdon.study import words
from guerdon.study.summary import Summary, TierLine

MOST_REJECTED = 10


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal, or 110 characters into a file."""
    made = Console(stderr=stderr, highlight=False, emoji=False, soft_wrap=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, emoji=False, width=110)


def written(show: Callable[[Console], None], wide: int) -> str:
    """What is shown, as plain lines of so many characters."""
    file = StringIO()
    show(Console(file=file, highlight=False, emoji=False, width=wide, color_system=None))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()).strip("\n")


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A table; columns whose name begins with `>` are set flush right."""
    heading = Text(title, style="bold", no_wrap=True, overflow="ignore")  # a narrow table does not break it
    made = Table(title=heading, title_justify="left", header_style="dim", box=None, pad_edge=False)
    for column in columns:
        right = column.startswith(">")
        made.add_column(escape(column.removeprefix(">")), justify="right" if right else "left", no_wrap=right)
    for row in rows:
        made.add_row(*(escape(cell) for cell in row))
    return made


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} a second" if task.speed else "")


@contextmanager
def progress(total: int | None, what: str = "events") -> Iterator[Callable[[int], None]]:
    """Shows on the error stream of a terminal how many events were run, as it is told, how fast, and how long the others will take."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn()
    with Progress(
        *columns, console=console(stderr=True), transient=True, disable=not console(stderr=True).is_terminal
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def steps(total: int, what: str) -> Iterator[Callable[[Iterable[int]], Iterable[int]]]:
    """Shows on the error stream of a terminal how many of so many numbers went by."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def counted(numbers: Iterable[int]) -> Iterator[int]:
            for number in numbers:
                yield number
                bar.advance(task)

        yield counted


# ---------------------------------------------------------------- run


def show_summary(summary: Summary, seconds: float, to: Console) -> None:
    """A run's figures: rules, balances, tiers, what was set aside, how long it took."""
    counts = f"{words.count(summary.events, 'event')} of {words.count(summary.members, 'member')}"
    to.print(Text(summary.program, style="bold"), f"  {counts}")
    to.print()
    to.print(_rules(summary))
    if summary.redeems:
        to.print()
        to.print(_redeems(summary))
    if summary.units:
        to.print()
        to.print(_units(summary))
    went = _flows(summary)
    if went is not None:
        to.print()
        to.print(went)
    if summary.funding:
        to.print()
        to.print(_funding(summary))
    if summary.offers:
        to.print()
        to.print(_offers(summary))
    if summary.messages:
        to.print()
        to.print(_messages(summary))
    for ladder in dict.fromkeys(line.ladder for line in summary.tiers):
        to.print()
        to.print(_ladder(ladder, [line for line in summary.tiers if line.ladder == ladder]))
    to.print()
    for line in _notes(summary, seconds):
        to.print(line)


def _rules(summary: Summary) -> Table:
    rows = [
        {
            "Rule": line.rule,
            ">Awards": f"{line.awards:,}",
            ">Given": f"{_number(line.quantity)} {line.unit}",
            ">Taken back": _number(line.taken_back) if line.taken_back else "-",
            ">Rounded off": words.decimal(line.dropped, 2) if line.dropped else "-",
            ">Cut by limits": _number(line.cut) if line.cut else "-",
            ">Cost": words.money(line.cost, summary.currency) if line.cost is not None else "-",
            ">Of sales": _percent(line.cost, summary.sales),
        }
        for line in summary.rules
    ]
    if any(line.cost is not None for line in summary.rules):
        cost = words.money(summary.cost, summary.currency), _percent(summary.cost, summary.sales)
        rows.append({"Rule": "in all", ">Cost": cost[0], ">Of sales": cost[1]})
    columns = ("Rule", ">Awards", ">Given", ">Taken back", ">Rounded off", ">Cut by limits", ">Cost", ">Of sales")
    return _where_any("Awards", columns, rows, {">Taken back"})


def _funding(summary: Summary) -> Table:
    rows = [
        (
            line.partner,
            f"{_number(line.quantity)} {line.unit}",
            words.money(line.worth, summary.currency) if line.worth is not None else "-",
        )
        for line in summary.funding
    ]
    return table("Who pays", ("Payer", ">Quantity", ">Worth"), rows)


def _redeems(summary: Summary) -> Table:
    rows = [
        (line.rule, f"{line.times:,}", f"{_number(line.quantity)} {line.unit}", f"{line.refused:,}")
        for line in summary.redeems
    ]
    return table("Redeemed", ("Redeem", ">Times", ">Taken", ">Refused"), rows)


def _offers(summary: Summary) -> Table:
    rows = [
        (
            of.offer,
            *(f"{number:,}" for number in (of.opened, of.members, of.completed, of.open, of.ran_out, of.withdrawn)),
        )
        for of in summary.offers
    ]
    return table("Offers", ("Offer", ">Opened", ">Members", ">Completed", ">Open yet", ">Ran out", ">Withdrawn"), rows)


def _messages(summary: Summary) -> Table:
    rows = [(line.rule, f"{line.times:,}", f"{line.members:,}") for line in summary.messages]
    return table("Messages", ("Rule", ">Times", ">Members"), rows)


def _units(summary: Summary) -> Table:
    rows = [
        {
            "Unit": line.unit,
            ">Members": f"{line.members:,}",
            ">Balance": _number(line.balance, line.unit),
            ">Worth": words.money(line.worth, summary.currency) if line.worth is not None else "-",
            ">Debt": _number(-line.flow.debt, line.unit) if line.flow.debt else "-",
            ">In debt": f"{line.debtors:,}" if line.debtors else "-",
            ">Held": _number(line.flow.held, line.unit) if line.flow.held else "-",
        }
        for line in summary.units
    ]
    columns = ("Unit", ">Members", ">Balance", ">Worth", ">Debt", ">In debt", ">Held")
    return _where_any("Balances", columns, rows, {">Debt", ">In debt", ">Held"})


_WENT = {
    ">Spent": "spent",
    ">Expired": "expired",
    ">Taken back": "taken_back",
    ">Charged": "billed",
    ">Held": "held",
}
"""The columns about what is not in a balance, and the figures of a flow that they show."""


def _flows(summary: Summary) -> Table | None:
    """What was issued and where it went, which adds up; nothing where all of it is there yet, to be spent."""
    rows = []
    for line in summary.units:
        figures = {title: getattr(line.flow, name) for title, name in _WENT.items()}
        if any(figures.values()):
            shown = {title: _number(figure, line.unit) if figure else "-" for title, figure in figures.items()}
            ends = {">Issued": _number(line.flow.issued, line.unit), ">Balance": _number(line.balance, line.unit)}
            rows.append({"Unit": line.unit, **shown, **ends})
    columns = ("Unit", ">Issued", *_WENT, ">Balance")
    return _where_any("Where it went", columns, rows, set(_WENT)) if rows else None


def _where_any(title: str, columns: Iterable[str], rows: list[dict[str, str]], optional: set[str]) -> Table:
    """A table of rows by column, with those of the optional columns in which there is more than dashes."""
    shown = [each for each in columns if each not in optional or any(row.get(each, "-") != "-" for row in rows)]
    return table(title, shown, [[row.get(each, "") for each in shown] for row in rows])


def _ladder(ladder: str, lines: list[TierLine]) -> Table:
    """Members per tier, with a bar that shows their share."""
    everybody = sum(line.members for line in lines) or 1
    rows = [
        (
            line.tier,
            f"{line.members:,}",
            f"{100 * line.members / everybody:.1f}%",
            "█" * round(40 * line.members / everybody),
        )
        for line in reversed(lines)
    ]
    return table(f"Members by {ladder}", ("Tier", ">Members", ">Share", ""), rows)


def _notes(summary: Summary, seconds: float) -> Iterator[str]:
    if summary.sales:
        *most, last = [f"`{fact}` of {event}" for event, fact in summary.sold]
        of = f"{', '.join(most)} and {last}" if most else last
        back = ", before returns" if summary.returned else ""
        yield f"Sales {words.money(summary.sales, summary.currency)}: {of}{back}."
    if summary.rejected:
        parts = ", ".join(f"{count:,} with {code}" for code, count in summary.rejected)
        aside = words.count(sum(count for _, count in summary.rejected), "row")
        yield f"[bold red]Set aside: {aside}[/] ({parts}); `guerdon code CODE` says what each means."
    else:
        yield "Nothing was set aside."
    yield from _unmet(summary)
    if summary.repeated:
        yield f"{words.count(summary.repeated, 'event')} came again unchanged and counted once."
    if summary.later:
        yield f"After the last day: {words.count(summary.later, 'event')}, not read."
    yield f"{seconds:.1f} seconds, {summary.events / max(seconds, 0.001):,.0f} events a second."


def _unmet(summary: Summary) -> Iterator[str]:
    """What was asked for and not granted, and what was owed and not paid."""
    if summary.refused:
        yield f"Refused: {words.count(summary.refused, 'request')} to spend or take what was not there or not theirs."
    for line in summary.units:
        if line.flow.written_off:
            yield f"Written off: {_number(line.flow.written_off)} {line.unit} that could not be taken back."
        if line.flow.charged:
            yield f"Charged in money: {_number(line.flow.charged)} {line.unit} that could not be taken back."


def _number(of: Fraction, unit: str = "") -> str:
    """A quantity with as many decimals as it needs; money with those of its currency."""
    return words.decimal(of, max(_decimals(of), DECIMALS.get(unit, 0)))


def _percent(part: Fraction | None, whole: Fraction) -> str:
    return f"{words.decimal(100 * part / whole, 2)}%" if part is not None and whole else "-"


def _decimals(number: Fraction, most: int = 6) -> int:
    """The decimals that a number needs, at most so many."""
    return next((places for places in range(most) if (number * 10**places).denominator == 1), most)


def set_aside(rejection: Rejection) -> str:
    """A row that was set aside, in the layout of all messages: what is wrong, where, what stood there, what to do."""
    lines = [f"error {rejection.code}: {rejection.message}"]
    if rejection.place:
        lines.append(f"  --> {rejection.place}")
    if rejection.source:
        lines.append(f"   |  {', '.join(f'{name} {_stood(value)}' for name, value in rejection.source.items())}")
    return "\n".join([*lines, *([f"help: {rejection.help}"] if rejection.help else [])])


def _stood(value: object) -> str:
    """A value as it stood in its row, on one line."""
    return "(nothing)" if value is None else repr(value) if isinstance(value, str) else str(value)


def show_rejections(rejections: list[Rejection], to: Console) -> None:
    """The first rows that were set aside, with what is wrong and what stood there."""
    for each in rejections[:MOST_REJECTED]:
        head, *rest = set_aside(each).split("\n")
        to.print()
        to.print(Text(head, style="bold red"), *(Text(f"\n{line}") for line in rest), sep="", soft_wrap=True)
    if len(rejections) > MOST_REJECTED:
        to.print(f"... and {len(rejections) - MOST_REJECTED:,} more; `--out DIR` writes all of them to a file")
