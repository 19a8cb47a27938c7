"""Units: how they are counted, what they are worth, and what becomes of what can't be taken."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check.facts import no_currency
from guerdon.check.limits import finer
from guerdon.check.names import Names, clause, usable
from guerdon.check.wording import plain
from guerdon.program import nodes
from guerdon.program.currency import DECIMALS
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit

MOST_DECIMALS = 12
KINDS = ("spendable", "status")
DEBTS = tuple(kind.value for kind in nodes.DebtKind)
ORDERS = tuple(order.value for order in nodes.LotOrder)


def unit(declaration: tree.Declaration, names: Names) -> nodes.Unit:
    """A unit, still without its expiry; without `decimals` it is counted whole, the program's own money in its coins."""
    assert isinstance(declaration.name, tree.Name)
    name, worth = declaration.name.text, clause(declaration, tree.Worth)
    if name in DECIMALS and name != names.frame.currency and "currency" not in names.mute:
        usable(declaration.name, names)
    found = nodes.Unit(
        name,
        _decimals(declaration, name, names),
        _worth(worth, names) if worth else Fraction(1) if name in DECIMALS else None,
        _spendable(declaration, names),
        order=_order(clause(declaration, tree.Spends), names),
        span=declaration.name.span,
    )
    _worth_of_money(found, worth, names)
    debt = _debt(clause(declaration, tree.Debt), found, names)
    return nodes.Unit(name, found.decimals, found.worth, found.spendable, (), None, found.order, debt, span=found.span)


# ---------------------------------------------------------------- what it is


def _decimals(declaration: tree.Declaration, name: str, names: Names) -> int:
    written, of_currency = clause(declaration, tree.Decimals), DECIMALS.get(name)
    if written is None:
        return of_currency or 0
    number = written.number.text
    if not number.isdigit() or int(number) > MOST_DECIMALS:
        names.report(
            "G305",
            f"a unit has from 0 to {MOST_DECIMALS} decimals",
            written.number.span,
            "not this many",
            help=("write `decimals 0` for what is counted whole, `decimals 2` for hundredths",),
        )
        return 0
    if of_currency is not None and int(number) != of_currency:
        names.report(
            "G366",
            f"amounts in {name} have {of_currency} decimals",
            written.number.span,
            f"not those of {name}",
            help=(f"write `decimals {of_currency}`, or leave it out",),
            edit=Edit(written.number.span, str(of_currency)),
        )
        return of_currency
    return int(number)


def _worth(written: tree.Worth, names: Names) -> Fraction | None:
    if not names.frame.currency:
        no_currency("the worth of a unit", written.quantity.span, names)
        return None
    assert isinstance(written.quantity, tree.Quantity), "a value stands in place of a param"
    if written.quantity.unit.text != names.frame.currency:
        names.report(
            "G306",
            "the worth of a unit is an amount in the program's currency",
            written.quantity.span,
            f"not in {names.frame.currency}",
            help=(f"write what one is worth in {names.frame.currency}",),
        )
        return None
    return Fraction(written.quantity.amount.text)


def _worth_of_money(found: nodes.Unit, written: tree.Worth | None, names: Names) -> None:
    """Reports money that is said to be worth more or less than itself."""
    if written is not None and found.name in DECIMALS and found.worth not in (None, 1):
        names.report(
            "G366",
            f"1 {found.name} is worth 1 {found.name}",
            written.quantity.span,
            "not that",
            help=("take the line out; for credit that is worth less, give the unit a name of its own",),
            edit=Edit(written.quantity.span, f"1 {found.name}"),
        )


def _spendable(declaration: tree.Declaration, names: Names) -> bool:
    """Whether it can be spent; what a status unit can't have is reported."""
    kind = clause(declaration, tree.Kind)
    word = kind.word.text if kind else KINDS[0]
    if kind is not None and word not in KINDS:
        names.unknown("G361", f"a unit is of no kind `{word}`", kind.word.span, KINDS, "not known")
    if kind is None or word != KINDS[1]:
        return True
    life = tree.Expires | tree.Suspended | tree.Spends | tree.Debt
    if wrong := next((each for each in declaration.clauses if isinstance(each, life)), None):
        names.report(
            "G360",
            "a status unit is only counted: it is not spent, does not expire and has no debt",
            wrong.span,
            "not of a status unit",
            related=((kind.span, "a status unit"),),
            help=("take the line out, or write `kind spendable`; how long a count counts, its window says",),
        )
    return False


def _order(written: tree.Spends | None, names: Names) -> nodes.LotOrder:
    if written is None:
        return nodes.LotOrder.SOONEST
    word = written.order
    if word.text in ORDERS:
        return nodes.LotOrder(word.text)
    near = {"fifo": "oldest", "first": "oldest", "lifo": "newest", "latest": "newest"}.get(word.text.lower())
    names.unknown("G361", f"nothing is spent `{word.text} first`", word.span, ORDERS, "not known", near=near)
    return nodes.LotOrder.SOONEST


# ---------------------------------------------------------------- what becomes of a shortfall


def _debt(written: tree.Debt | None, of: nodes.Unit, names: Names) -> nodes.Debt:
    """What becomes of what can't be taken; a balance below zero unless it is said."""
    match written.how if written else None:
        case None:
            return nodes.Debt(nodes.DebtKind.ALLOWED)
        case tree.UpTo(tree.Quantity() as quantity):
            return nodes.Debt(nodes.DebtKind.ALLOWED, _most(quantity, of, names))
        case tree.Name(word) as name:
            if word not in DEBTS:
                names.unknown("G361", f"debt is not `{word}`", name.span, DEBTS, "not known")
                return nodes.Debt(nodes.DebtKind.ALLOWED)
            if word == "charged":
                _charged(name, of, names)
            return nodes.Debt(nodes.DebtKind(word))
    raise AssertionError("a value stands in place of a param")


def _most(written: tree.Quantity, of: nodes.Unit, names: Names) -> Fraction | None:
    if written.unit.text != of.name:
        names.report(
            "G365",
            f"the debt of `{of.name}` is so much {of.name}",
            written.span,
            "something else",
            help=(f"write `{written.amount.text} {of.name}`",),
            edit=Edit(written.span, f"{written.amount.text} {of.name}"),
        )
        return None
    most = Fraction(written.amount.text)
    if (most / of.step).denominator != 1:
        finer(written.span, of, names)
    return most


def _charged(word: tree.Name, of: nodes.Unit, names: Names) -> None:
    """Reports debt that is charged in money, where no step of the unit is whole coins."""
    currency = names.frame.currency
    if of.worth is None:
        if currency or "currency" not in names.mute:
            names.report(
                "G364",
                f"debt is charged by what one {of.name} is worth, and that is not said",
                word.span,
                "worth how much?",
                help=(f"write `worth`, like `worth 0.01 {currency or 'USD'}`",),
            )
        return
    coin = Fraction(1, 10 ** DECIMALS.get(currency, 0))
    if currency and (of.worth * of.step / coin).denominator != 1:
        names.report(
            "G364",
            f"{plain(of.step)} {of.name} is worth {plain(of.worth * of.step)} {currency}, which is no whole coin",
            word.span,
            "can't be charged",
            help=("write a `worth` in whole coins, or `debt forgiven`",),
        )
