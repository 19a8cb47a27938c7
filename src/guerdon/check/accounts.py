"""Accounts: members with something in common, and what belongs to them together."""

from __future__ import annotations

from guerdon.check.expressions import condition
from guerdon.check.names import Names, clause
from guerdon.check.scene import Scene
from guerdon.check.wording import show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit, nearest


def owner(names: Names, name: str) -> str | None:
    """The account that owns the unit or ladder of this name, as it is declared; None: each member their own."""
    for (keyword, account), declaration in names.declared.items():
        owns = clause(declaration, tree.Owns) if keyword == "account" else None
        if owns is not None and any(each.text == name for each in owns.names):
            return account
    return None


def declare(names: Names) -> None:
    """All accounts and what they own, without whose redemptions they grant: that may ask for measures."""
    owned: dict[str, tree.Name] = {}
    for name, declaration in _declared(names):
        fact = _fact(declaration, names)
        _owned(declaration, owned, names)
        joins, leaves = clause(declaration, tree.Joins), clause(declaration, tree.Leaves)
        _has_balance(declaration, names)
        assert declaration.name is not None
        names.accounts[name] = nodes.Account(
            name,
            fact or "",
            _word(joins.how, "bringing", "keeping", names) if joins else False,
            _word(leaves.how, "taking", "leaving", names) if leaves else False,
            None,
            span=declaration.name.span,
        )


def spending(names: Names) -> None:
    """Whose redemptions the accounts grant."""
    for name, declaration in _declared(names):
        written, account = clause(declaration, tree.SpendsWhen), names.accounts[name]
        if written is not None:
            spends = condition(written.condition, Scene(f"`{name}`", named=False), names)
            names.accounts[name] = nodes.Account(
                name, account.fact, account.brings, account.takes, spends, span=account.span
            )


def _declared(names: Names) -> list[tuple[str, tree.Declaration]]:
    return [(name, each) for (keyword, name), each in names.declared.items() if keyword == "account"]


def _fact(declaration: tree.Declaration, names: Names) -> str | None:
    """The fact of a member that says to which account they belong."""
    assert declaration.name is not None
    written = clause(declaration, tree.Members)
    texts = [fact.name for fact in names.member.facts.values() if _is_text(fact.type)]
    if written is None:
        names.report(
            "G393",
            f"`{declaration.name.text}` does not say who belongs to it",
            declaration.name.span,
            "`members` is missing",
            help=(f"write `members {texts[0] if texts else 'household'}`, with a text that is known of each member",),
        )
        return None
    fact = names.member.facts.get(written.fact.text)
    if fact is None:
        help_lines = (f"write `{written.fact.text} text optional` below `member`",)
        message = f"a member has no fact `{written.fact.text}`"
        names.unknown("G106", message, written.fact.span, texts, "no such fact", help=help_lines)
        return None
    if not _is_text(fact.type):
        of = fact.type.of if isinstance(fact.type, types.Optional) else fact.type
        names.report(
            "G394",
            f"the members of an account share a text, and `{fact.name}` is {show(of)}",
            written.fact.span,
            "not a text",
            related=((fact.span, show(of)),),
            help=(f"declare it as `{fact.name} text optional`, or name another fact of the member",),
        )
        return None
    return fact.name


def _is_text(of: types.Type) -> bool:
    return isinstance(of.of if isinstance(of, types.Optional) else of, types.Text)


def _owned(declaration: tree.Declaration, owned: dict[str, tree.Name], names: Names) -> None:
    """Reports what an account can't own: no unit or ladder, or one that has an owner."""
    owns = clause(declaration, tree.Owns)
    for word in owns.names if owns else ():
        known = [*names.units, *names.steps]
        if word.text not in known:
            message = f"an account owns units and ladders, and none is called `{word.text}`"
            names.unknown("G395", message, word.span, known, "no such unit or ladder")
        elif word.text in owned:
            names.report(
                "G396",
                f"`{word.text}` belongs to one account",
                word.span,
                "again here",
                related=((owned[word.text].span, "owned already"),),
                help=("take it out of one of the two",),
            )
        else:
            owned[word.text] = word
            _belongs(word.text, declaration, names)


def _belongs(word: str, declaration: tree.Declaration, names: Names) -> None:
    """Says at a unit which account owns it; ladders are made later and say it themselves."""
    unit = names.units.get(word)
    if unit is not None and declaration.name is not None:
        names.units[word] = unit.but(account=declaration.name.text)


def _word(how: tree.Name, yes: str, no: str, names: Names) -> bool:
    """Whether the first of two words stands here; reported where neither does."""
    if how.text not in (yes, no):
        near = nearest(how.text, (yes, no))
        names.report(
            "G397",
            f"a balance is `{yes}` or `{no}` here, not `{how.text}`",
            how.span,
            "not known",
            help=(f"write `{yes} balance` or `{no} balance`",),
            edit=Edit(how.span, near) if near else None,
        )
    return how.text == yes


def _has_balance(declaration: tree.Declaration, names: Names) -> None:
    """Reports clauses about a balance in an account that owns no unit."""
    owns = clause(declaration, tree.Owns)
    if any(each.text in names.units or each.text not in names.steps for each in (owns.names if owns else ())):
        return
    assert declaration.name is not None
    unit = next(iter(names.units), "star")
    for written in declaration.clauses:
        if isinstance(written, tree.Joins | tree.Leaves | tree.SpendsWhen):
            names.report(
                "G398",
                f"`{declaration.name.text}` owns no unit, so it has no balance",
                written.span,
                "which balance?",
                help=(f"write `owns {unit}`, or take this line out",),
            )
            return
