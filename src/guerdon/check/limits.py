"""Limits: how much, or how often, per whom and within what."""

from __future__ import annotations

from fractions import Fraction

from guerdon.check import measured
from guerdon.check.arithmetic import present
from guerdon.check.expressions import quantity, typed
from guerdon.check.meaning import names_member
from guerdon.check.mending import as_type
from guerdon.check.names import Names, clause
from guerdon.check.scene import Scene
from guerdon.check.wording import quoted, show
from guerdon.program import nodes, types
from guerdon.syntax import tree
from guerdon.text.diagnostic import Edit
from guerdon.text.source import Span

PROGRAM = "program"
"""Behind `per`: everybody together."""


def limit(
    written: tree.Limit, unit: str, on: tuple[str, ...], scene: Scene, names: Names, who: str = "this rule gives"
) -> nodes.Limit | None:
    """A limit on what gives `unit` on these events; None where it was reported."""
    most, times = _most(written.most, unit, scene, names, who)
    if most is None and times is None:
        for each in written.per:
            _Scope(scene, names).add(each)
        return None
    return scoped(written, most, times, on, scene, names)


def scoped(
    written: tree.Limit | tree.LimitOf,
    most: nodes.Expr | None,
    times: int | None,
    on: tuple[str, ...],
    scene: Scene,
    names: Names,
    of: str | None = None,
) -> nodes.Limit | None:
    """The limit with its scope: per whom, and per what time."""
    scope = _Scope(scene, names)
    if not all([scope.add(per) for per in written.per]):
        return None
    scope.settle()
    if not _counts_one_way(written, scope, names):
        return None
    if written.kept is not None:
        _kept(written.kept, on, names)
    return nodes.Limit(
        most,
        times,
        scope.per_event,
        tuple(scope.fields),
        scope.window or nodes.Ever(),
        written.or_nothing is not None,
        next((each for each in scope.whose if each not in ("member", PROGRAM)), None),
        written.kept is not None,
        of,
        scope.person,
        PROGRAM in scope.whose,
        span=written.span,
    )


def _counts_one_way(written: tree.Limit | tree.LimitOf, scope: _Scope, names: Names) -> bool:
    """Whether a limit says per whom it counts, and says one thing; reported where not."""
    behind = written.field.span if isinstance(written, tree.LimitOf) else written.most.span
    said = Span(behind.source, written.most.span.start, behind.end).text
    if not scope.per_event and not scope.whose and scope.person is None:
        names.report(
            "G332",
            "a limit says per whom it counts",
            written.span,
            "`per member`, `per event` or `per program` is missing",
            help=(
                f"write `limit {said} per member {' '.join(per.span.text for per in written.per)}`, or `per event`; `per program` is everybody together",
            ),
            edit=Edit(Span(behind.source, behind.end, behind.end), " per member"),
        )
        return False
    if PROGRAM in scope.whose and _is_of_membership(scope.window):
        names.report(
            "G334",
            "everybody counts together, and a membership year starts on another day for each",
            written.span,
            "each member's own",
            help=("name a period of the calendar, like `per calendar year`",),
        )
        return False
    if len(both := scope.counted) > 1:
        names.report(
            "G349",
            f"a limit counts per {both[0]} or per {both[1]}, not both",
            written.span,
            "two limits in one",
            help=(f"write two lines, `limit {said} per {both[0]}` and `limit {said} per {both[1]} ...`",),
        )
        return False
    return True


def _is_of_membership(window: nodes.Window | None) -> bool:
    return isinstance(window, nodes.Calendar) and window.period is nodes.Period.MEMBERSHIP_YEAR


def _kept(word: tree.Name, on: tuple[str, ...], names: Names) -> None:
    """Warns of a limit that a return does not give back, where nothing is returned."""
    declared = [clause(each, tree.Reverses) for each in names.declared.values()]
    if names.mute or any(each is not None and each.event.text in on for each in declared):
        return
    names.report(
        "G386",
        f"nothing reverses {quoted(on)}, so no return gives a limit back",
        word.span,
        "never happens",
        help=(
            "take it out"
            if not names.triggers.keys().isdisjoint(on)
            else "take it out, or declare what reverses it, like `reverses purchase` below an event",
        ),
    )


def finer(span: Span, unit: nodes.Unit, names: Names) -> None:
    """Reports a quantity with more decimals than its unit has."""
    counted = "is counted whole" if unit.decimals == 0 else f"has {unit.decimals} decimals"
    names.report(
        "G218",
        f"`{unit.name}` {counted}",
        span,
        "finer than that",
        help=(f"write it with fewer decimals, or `decimals {unit.decimals + 1}` below `unit {unit.name}`",),
    )


def not_awarded(value: nodes.Expr, span: Span, names: Names, done: str = "awarded") -> None:
    """Reports something that is no quantity of a unit where only these can stand."""
    message = f"only units are {done}, and this is {show(value.type)}"
    units = [name for name, unit in names.units.items() if unit.spendable or done == "awarded"]
    meant = as_type(span, value, types.Quantity(units[0], None)) if units else None
    if meant:
        edit = Edit(span, meant) if len(units) == 1 else None
        names.report("G216", message, span, show(value.type), help=(f"write `{meant}`",), edit=edit)
        return
    lines = (
        [f"write so much of {quoted(units)}"]
        if len(units) == 1
        else [f"write so much of one of {quoted(units)}"]
        if units
        else []
    )
    money = names.frame.currency
    if isinstance(value.type, types.Quantity) and value.type.unit == money:
        lines.append(f"money itself is {done} as a unit, which is called like its currency: declare `unit {money}`")
    else:
        lines.append(f"what is {done} is declared with `unit`")
    names.report("G216", message, span, show(value.type), help=lines)


def _most(
    written: tree.Quantity | tree.Call | tree.Name, unit: str, scene: Scene, names: Names, who: str
) -> tuple[nodes.Expr | None, int | None]:
    """The most of the unit, or the most times."""
    if isinstance(written, tree.Quantity) and written.unit.text in ("time", "times"):
        if not written.amount.text.isdigit():
            names.report("G203", "times are counted whole", written.amount.span, "not a whole number")
            return None, None
        return None, int(written.amount.text)
    expr = tree.Path((written,), span=written.span) if isinstance(written, tree.Name) else written
    found = quantity(expr, names) if isinstance(expr, tree.Quantity) else typed(expr, scene, names)
    if found is None or present(found, names) is None:
        return None, None
    if not isinstance(found.type, types.Quantity) or found.type.unit != unit:
        names.report(
            "G217",
            f"{who} {unit}, so the limit is so much {unit}, or so many times",
            written.span,
            show(found.type),
            help=(f"write `limit 100 {unit} per member`, or `limit 1 time per member`",),
        )
        return None, None
    if not types.on_grid(found.type.step, names.units[unit].step):
        finer(written.span, names.units[unit], names)
        return None, None
    if isinstance(found, nodes.Literal):
        assert isinstance(found.value, Fraction)
    return found, None


class _Scope:
    """What the `per` of a limit add up to."""

    def __init__(self, scene: Scene, names: Names) -> None:
        self.scene, self.names = scene, names
        self.per_event = False
        self.whose: list[str] = []  # `member`, accounts, or `program`: everybody together
        self.fields: list[str] = []
        self.at: dict[str, Span] = {}
        self.window: nodes.Window | None = None
        self.paths: list[tree.Path] = []
        self.person: nodes.Expr | None = None

    @property
    def counted(self) -> list[str]:
        """Per whom it counts, in the words of the program; one, if all is well."""
        return [*(["event"] if self.per_event else []), *self.whose, *(path.text for path in self.paths)]

    def settle(self) -> None:
        """Takes the one fact that names a member for whom the limit counts per, where nothing else is."""
        people = [name for name in self.fields if names_member(self.scene.event[name].type)]
        if len(people) == 1 and not self.counted:
            fact = self.scene.event[people[0]]
            self.fields.remove(people[0])
            self.person = nodes.Field(nodes.Scope.EVENT, fact.name, fact.type, span=self.at[fact.name])

    def add(self, per: tree.Per) -> bool:
        """Takes one in; False where it was reported."""
        if isinstance(per.scope, tree.ForTime):
            length = measured.for_time(per.scope, self.names)
            return length is not None and self._within(length, per)
        word = per.scope.text
        if isinstance(per.scope, tree.Path) or (
            ("measure", word) in self.names.declared and word not in self.scene.event and word not in measured.PERIODS
        ):
            return self._named(per.scope)
        if word == "event":
            self.per_event = True
            return True
        if word == PROGRAM:
            return self._everybody(per.scope.span)
        if word == "member" or ("account", word) in self.names.declared:
            self.whose = list(dict.fromkeys((*self.whose, word)))
            return True
        if word in self.scene.event and not self._is_list(word):
            self.fields.append(word)
            self.at[word] = per.scope.span
            return True
        if word in measured.PERIODS:
            return self._within(nodes.Calendar(measured.PERIODS[word]), per)
        facts = [name for name in self.scene.event if not self._is_list(name)]
        known = ["member", "event", PROGRAM, *self.names.names("account"), *measured.PERIODS, *facts]
        near = "member" if word in ("customer", "person", "user", "guest", "account") else None
        near = PROGRAM if word in ("everybody", "everyone", "all", "campaign", "total", "promotion") else near
        of_lines = [name for name, record in self.names.records.items() if word in record.facts]
        help_lines = (
            (
                f"`{word}` is a fact of `{of_lines[0]}`: write a rule for each, like `each {of_lines[0]} where {word} is ...`",
            )
            if of_lines
            else ()
        )
        self.names.unknown(
            "G333", f"nothing is limited per `{word}`", per.scope.span, known, "not known", near=near, help=help_lines
        )
        return False

    def _everybody(self, span: Span) -> bool:
        """Takes in that everybody counts together; False where it was reported."""
        if self.scene.trigger:
            self.names.report(
                "G333",
                f"{self.scene.what} happens to each member alone, so nothing is limited for everybody together",
                span,
                "everybody",
                help=("write `per member`, or limit a rule on an event",),
            )
            return False
        self.whose = list(dict.fromkeys((*self.whose, PROGRAM)))
        return True

    def _named(self, scope: tree.Path | tree.Period) -> bool:
        """Takes in a path, or a measure, that names a member; False where it was reported."""
        path = scope if isinstance(scope, tree.Path) else tree.Path(scope.words, span=scope.span)
        if self.scene.trigger:
            self.names.report(
                "G333",
                f"{self.scene.what} happens to each member alone, so nothing is limited per `{path.text}`",
                path.span,
                "somebody else",
                help=("write `per member`, or limit a rule on an event",),
            )
            return False
        found = typed(path, self.scene, self.names)
        if found is not None and not names_member(found.type):
            self.names.report(
                "G333",
                f"nothing is limited per `{path.text}`, which is {show(found.type)}",
                path.span,
                "no member",
                help=("name the member, or a fact that names one",),
            )
            return False
        self.paths.append(path)
        self.person = found
        return found is not None

    def _is_list(self, word: str) -> bool:
        of = self.scene.event[word].type
        return isinstance(of.of if isinstance(of, types.Optional) else of, types.Lines)

    def _within(self, window: nodes.Window, per: tree.Per) -> bool:
        if self.window is not None:
            self.names.report(
                "G334", "a limit has one period", per.span, "a second one", help=("write a second `limit` line",)
            )
            return False
        self.window = window
        return True
