"""What a program declares, by name, and what is said about names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from guerdon.program import nodes, types
from guerdon.program.currency import DECIMALS
from guerdon.syntax import tree
from guerdon.text.diagnostic import Diagnostic, Edit, nearest
from guerdon.text.sheet import Sheet
from guerdon.text.source import Span

RESERVED = frozenset(
    """and at available count date days distinct earned ever exact first in is last least max member min month months
    most next no not of or per previous since streak sum this to weekday where yes""".split()
)
"""Words that compete with names in expressions."""

MESSAGES = (nodes.MESSAGE, f"{nodes.MESSAGE}s")
"""How tests count what is said."""

NO_UNITS = frozenset({*MESSAGES, "one", "list"})
"""Words that as units would be read as something else: tests count messages, and types of facts begin with `one of` and `list of`."""

BUILT_IN_TYPES = "money text number whole percent date instant member days months".split()

SPACES = {
    "unit": "unit",
    "event": "event",
    "record": "record",
    "param": "value",
    "table": "value",
    "measure": "value",
    "tiers": "value",
    "account": "event",
    "rule": "rule",
    "group": "rule",
    "redeem": "rule",
    "offer": "rule",
    "test": "test",
    "law": "law",
}
"""Names of one space must differ: `param`, `table`, `measure` and `tiers` stand in the same expressions, `event` and `account` in paths."""


@dataclass
class Names:
    """The declarations of a program while it is being checked; what is wrong is collected in `found`."""

    found: list[Diagnostic] = field(default_factory=list)
    frame: nodes.Frame = field(default_factory=lambda: nodes.Frame("", 0, "", "UTC"))
    declared: dict[tuple[str, str], tree.Declaration] = field(default_factory=dict)
    units: dict[str, nodes.Unit] = field(default_factory=dict)
    events: dict[str, nodes.Record] = field(default_factory=dict)
    records: dict[str, nodes.Record] = field(default_factory=dict)
    member: nodes.Record = field(default_factory=lambda: nodes.Record("member", {}))
    tables: dict[str, nodes.Table] = field(default_factory=dict)
    steps: dict[str, tuple[nodes.TierStep, ...]] = field(default_factory=dict)
    meters: list[nodes.Meter] = field(default_factory=list)
    measures: dict[str, nodes.Measure] = field(default_factory=dict)
    rules: dict[str, nodes.Rule] = field(default_factory=dict)
    groups: dict[str, nodes.Group] = field(default_factory=dict)
    accounts: dict[str, nodes.Account] = field(default_factory=dict)
    ladders: dict[str, nodes.Ladder] = field(default_factory=dict)
    triggers: dict[str, nodes.Trigger] = field(default_factory=dict)

    failed: set[str] = field(default_factory=set)  # measures that were reported already
    mute: set[str] = field(default_factory=set)  # words whose declaration was reported: what names them is not
    damaged: set[str] = field(default_factory=set)  # records and events of which a fact was reported

    given: Mapping[str, tree.Expr] = field(default_factory=dict)  # values of params that were given from outside
    sheets: Mapping[tuple[str, str], Sheet | None] = field(default_factory=dict)  # by file and what it names
    grouped: dict[str, tree.Declaration] = field(default_factory=dict)  # the group of each rule that is in one

    # set by the passes that check measures and rules when they are first named
    measure: Callable[[str, Span], nodes.Measure | None] = lambda name, span: None
    rule: Callable[[str, Span], nodes.Rule | None] = lambda name, span: None
    rule_unit: Callable[[str, Span], str | None] = lambda name, span: None
    group: Callable[[str, Span], nodes.Group | None] = lambda name, span: None

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *,
        help: Iterable[str] = (),
        related: Iterable[tuple[Span, str]] = (),
        edit: Edit | None = None,
    ) -> None:
        """Collects a diagnostic."""
        edit = None if isinstance(span.source, Sheet) else edit  # its text is not that of the file
        self.found.append(Diagnostic(code, message, span, label, tuple(related), tuple(help), edit))

    def unknown(
        self,
        code: str,
        message: str,
        span: Span,
        known: Iterable[str],
        label: str = "",
        *,
        near: str | None = None,
        help: Iterable[str] = (),
    ) -> None:
        """Collects a diagnostic about a name that nothing has, with the nearest that something has.

        Nothing is said about names whose declaration could not be read or was reported itself.
        """
        word, known = span.text.strip('"'), list(dict.fromkeys(known))
        if word in self.mute or not self.mute.isdisjoint(word.split(".")):
            return
        begun = [each for each in known if len(word) > 2 and each.lower().startswith(word.lower())]
        near = near or nearest(word, known) or (begun[0] if len(begun) == 1 else None)
        quote = '"' if span.text.startswith('"') else ""
        mark = quote or "`"
        listed = ", ".join(f"{mark}{each}{mark}" for each in known[:12]) + (", ..." if len(known) > 12 else "")
        lines = (
            [f"did you mean {mark}{near}{mark}?"] if near else [*help, *([f"known here: {listed}"] if known else [])]
        )
        edit = Edit(span, f"{quote}{near}{quote}") if near else None
        again = next((index for index, each in enumerate(self.found) if _one_mistake(each, code, message, span)), None)
        if again is None:
            self.report(code, message, span, label or "unknown name", help=lines, edit=edit)
        else:
            self._also(again, span, self.found[again].message == message)

    def _also(self, index: int, span: Span, alike: bool) -> None:
        """Adds a place to what was said already; where it is the same, the first place of the text leads."""
        said = self.found[index]
        assert said.span is not None
        places = {said.span, span, *(place for place, _ in said.related)}
        ordered = sorted(places, key=lambda each: (not alike and each != said.span, each.start))
        edit = said.edit and Edit(ordered[0], said.edit.text)
        related = tuple((each, "also here") for each in ordered[1:])
        self.found[index] = replace(said, span=ordered[0], edit=edit, related=related)

    def unknown_unit(self, word: tree.Name | tree.Path, what: str, known: Iterable[str]) -> None:
        """Collects a diagnostic about a unit that was not declared, or is written in the plural."""
        known = list(known)
        singular = word.text.removesuffix("s")
        if singular != word.text and singular in known:
            self.report(
                "G105",
                f"units are written in the singular: `{singular}`",
                word.span,
                "plural",
                help=(f"write `{singular}`",),
                edit=Edit(word.span, singular),
            )
            return
        declare = () if word.text.isupper() else (f"declare it with `unit {word.text}`",)
        if word.text in MESSAGES:
            declare = ('what a rule says is written as `say "..."`, and tests expect `1 message`',)
        self.unknown("G105", f"no {what} is called `{word.text}`", word.span, known, help=declare)

    def names(self, keyword: str) -> list[str]:
        """The names that declarations with this keyword have, in their order."""
        return [name for kind, name in self.declared if kind == keyword]

    def quantity(self, unit: str) -> types.Quantity | None:
        """The type of amounts of a unit or currency as they are recorded and awarded."""
        if unit in self.units:
            return types.Quantity(unit, self.units[unit].step)
        if unit in DECIMALS:
            return types.Quantity(unit, nodes.Unit(unit, DECIMALS[unit]).step)
        return None

    def facts_of(self, event: str) -> Mapping[str, nodes.Fact]:
        """The facts of an event or a trigger."""
        return self.triggers[event].facts if event in self.triggers else self.events[event].facts

    def unit_names(self) -> list[str]:
        return [*self.units, *([self.frame.currency] if self.frame.currency else [])]


def _one_mistake(said: Diagnostic, code: str, message: str, span: Span) -> bool:
    """Whether this was said already: the same of the same word, or of a fact that is missing in several places."""
    facts = {"G101", "G106"}
    alike = said.code in facts and code in facts and said.span is not None and said.span.text == span.text
    return alike or (said.code, said.message) == (code, message)


def collect(declarations: Iterable[tree.Declaration], names: Names) -> None:
    """Puts declarations under their names; two of one name, and names that can't be, are reported."""
    spaces: dict[tuple[str, str], tree.Declaration] = {}
    for declaration in declarations:
        name = declaration.name.text if declaration.name else "member"
        key = (SPACES.get(declaration.keyword, declaration.keyword), name)
        if declaration.keyword == "program":
            key = ("program", "program")
        if key in spaces:
            _twice(declaration, spaces[key], names)
            continue
        spaces[key] = declaration
        names.declared["rule" if declaration.keyword in ("redeem", "offer") else declaration.keyword, name] = (
            declaration
        )
        money = declaration.keyword == "unit" and name in DECIMALS  # allowed where it is the program's own
        if isinstance(declaration.name, tree.Name) and not money:
            usable(declaration.name, names, declaration.keyword == "unit")
        _clauses_once(declaration, names)


def usable(name: tree.Name, names: Names, of_unit: bool = False) -> None:
    """Reports a name that expressions use as a word of the language, or that as a unit would be read as something else."""
    if name.text in RESERVED or (of_unit and name.text in NO_UNITS):
        own = "every event has a date and a weekday of its own; " if name.text in ("date", "weekday") else ""
        names.report(
            "G103",
            f"`{name.text}` is a word of the language and can't be a name",
            name.span,
            "taken",
            help=(f"{own}write `{name.text}_` or another word",),
            edit=Edit(name.span, f"{name.text}_"),
        )
    elif name.text in DECIMALS or name.text in BUILT_IN_TYPES:
        names.report(
            "G103",
            f"`{name.text}` is {'a currency' if name.text in DECIMALS else 'a type'} and can't be a name",
            name.span,
            "taken",
            help=(f"write `{name.text}_` or another word",),
            edit=Edit(name.span, f"{name.text}_"),
        )


def _place(declaration: tree.Declaration) -> Span:
    return declaration.name.span if declaration.name else declaration.span


def _twice(declaration: tree.Declaration, first: tree.Declaration, names: Names) -> None:
    what = f"`{declaration.keyword}`"
    if declaration.keyword != "program" and declaration.name:
        what = declaration.name.span.text if isinstance(declaration.name, tree.String) else f"`{declaration.name.text}`"
    alike = first.keyword == declaration.keyword
    names.report(
        "G102",
        f"{what} is declared twice",
        _place(declaration),
        "again here" if alike else f"`{declaration.keyword}` here",
        related=((_place(first), "first declared here" if alike else f"`{first.keyword}` here"),),
        help=("give one of them another name, or take it out",),
    )


_SEVERAL = (
    tree.Use,
    tree.Fact,
    tree.Row,
    tree.Tier,
    tree.Perk,
    tree.When,
    tree.During,
    tree.Limit,
    tree.LimitOf,
    tree.Given,
    tree.Happens,
    tree.ExpectAward,
    tree.ExpectBalance,
    tree.ExpectTier,
    tree.Floor,
    tree.Grants,
    tree.ExpectValue,
    tree.ExpectNeeds,
    tree.ExpectRefused,
    tree.Expires,
    tree.Share,
)


def _clauses_once(declaration: tree.Declaration, names: Names) -> None:
    seen: dict[type, tree.Clause] = {}
    for clause in declaration.clauses:
        if isinstance(clause, _SEVERAL):
            continue
        if type(clause) in seen:
            word = clause.span.text.split()[0]
            names.report(
                "G104",
                f"`{word}` stands twice in this declaration",
                clause.span,
                "again here",
                related=((seen[type(clause)].span, "first here"),),
                help=("keep one of the two",),
            )
        seen[type(clause)] = clause


def clause(declaration: tree.Declaration, kind: type[tree.T]) -> tree.T | None:
    """The first clause of a kind, if there is one."""
    return next((each for each in declaration.clauses if isinstance(each, kind)), None)


def clauses(declaration: tree.Declaration, kind: type[tree.T]) -> list[tree.T]:
    """The clauses of a kind, in order."""
    return [each for each in declaration.clauses if isinstance(each, kind)]
