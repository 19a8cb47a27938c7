"""Where a member stands on a ladder, as a rank that is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from guerdon.kernel.counting.tallies import Tallies
from guerdon.kernel.counting.tally import Tally
from guerdon.kernel.days import NEVER
from guerdon.kernel.ranked import RANKED
from guerdon.kernel.writing.expressions import condition, dry, expression
from guerdon.kernel.writing.here import Here
from guerdon.kernel.writing.make import DAYS, Make
from guerdon.kernel.writing.named import kept
from guerdon.kernel.writing.values import Value, added, compared, const
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.reference.counting import shown


@dataclass
class Tier:
    """A ladder: the names of the rank, and of the day on which it is looked at again."""

    make: Make
    ladder: nodes.Ladder
    name: str
    forgiven: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.rank = self.make.scalar(f"{self.name}_rank", (0, len(self.ladder.tiers) - 1))
        self.stands = self.rank
        self.due = self.make.scalar(f"{self.name}_due", DAYS, NEVER)

    @property
    def only_adds_up(self) -> bool:
        """Whether only events change what is counted, and nothing counted is no tier: sums of one window."""
        if self.ladder.counts is None or any(step.at is not None and step.at <= 0 for step in self.ladder.tiers):
            return False
        if any(step.when is not None for step in self.ladder.tiers):
            return False
        windows = set()
        for each in walk(self.ladder.counts, self.make.program.measures):
            if not isinstance(each, nodes.Expr):
                continue
            match each:
                case (
                    nodes.Measured(_, nodes.Aggregate.SUM | nodes.Aggregate.COUNT, window) | nodes.Earned(window=window)
                ):
                    windows.add(window)
                case nodes.Arithmetic("+" | "-") | nodes.Defined():
                    continue
                case _:
                    return False
        shown = windows.pop() if len(windows) == 1 else None
        return isinstance(shown, nodes.Ever) or (isinstance(shown, nodes.Calendar) and shown.ahead == 0)

    def moves(self, event: str) -> bool:
        """Whether a tier may be reached, or lost, after an event of a kind, or a trigger."""
        if event.startswith(RANKED):
            return False
        below = self.ladder.falls in (nodes.Fall.ONE, nodes.Fall.LOWEST)  # what is counted: any event raises it again
        if not self.only_adds_up or (below and not isinstance(self.ladder.lasts, nodes.WhileMet)):
            return True
        program = self.make.program
        if event in self.make.columns.by_hand:
            return True
        given = {rule.name for rule in program.rules.values() if event in rule.on}
        fed, undone = {event}, set[str]()
        if event in program.events and (reversal := program.events[event].reverses) is not None:
            if reversal.event in self.make.columns.by_hand:
                return True
            fed.add(reversal.event)
            undone = {rule.name for rule in program.rules.values() if reversal.event in rule.on}
        for each in walk(self.ladder.counts, program.measures):
            match each:
                case nodes.Measured(meter=number) if program.meters[number].event in fed:
                    return True
                case nodes.Earned(unit, rule, back=back):
                    moving = undone if back else given | undone
                    if rule is None and unit in {program.rules[name].unit for name in moving}:
                        return True
                    if rule is not None and moving & set(program.rules_of(rule)):
                        return True
        return False

    # ------------------------------------------------------------ what is reached

    def counted(self, here: Here, total: Value | None = None) -> str:
        """The name of the rank that is reached, by what is counted (or by `total`)."""
        make, w, ladder = self.make, self.make.w, self.ladder
        if total is None and ladder.counts is not None:
            total = self.total(here)
        reached = "0"
        for rank, step in enumerate(ladder.tiers):
            if step.at is not None:
                assert total is not None
                held = compared(">=", total, const(step.at))
            elif step.when is not None:
                held = condition(make, step.when, here)
            else:
                continue
            reached = f"({rank} if {held} else {reached})" if rank else reached
        return w.kept("reached", reached)

    def total(self, here: Here) -> Value:
        """What is counted, with what was forgiven of it."""
        make = self.make
        assert self.ladder.counts is not None
        value = expression(make, self.ladder.counts, here)
        if self.ladder.floored:
            tally, window = self._forgiven()
            value = added(value, tally.read(window, nodes.Aggregate.SUM, here))
        return kept(make, value)

    def _forgiven(self) -> tuple[Tally, nodes.Window]:
        """What the count was below zero after events, in the window in which it counts."""
        make = self.make
        window = shown(self.ladder, make.program)
        assert window is not None and self.ladder.counts is not None
        return self.forgiven, window

    def prepare(self, tallies: Tallies) -> None:
        """Makes the tally of what is forgiven."""
        if self.ladder.floored:
            make, window = self.make, shown(self.ladder, self.make.program)
            assert window is not None and self.ladder.counts is not None
            over = dry(make, self.ladder.counts, next(iter(make.program.events)), None).over
            self.forgiven = tallies.made(("forgiven", self.ladder.name), over)
            self.forgiven.watch(window, nodes.Aggregate.SUM)

    def _forgive(self, here: Here) -> Value | None:
        """What is counted, once what lies below zero is forgiven; None where nothing ever is."""
        if not self.ladder.floored:
            return None
        w, total = self.make.w, self.total(here)
        left = w.name("left")
        w.line(f"{left} = {total.text}")
        with w.block(f"if {left} < 0:"):
            tally, _ = self._forgiven()
            tally.add(f"(0 - {left})")
            w.line(f"{left} = 0")
        return replace(total, text=left)

    def after(self, here: Here, undone: str | None = None) -> None:
        """Lets the tier follow what was counted; `undone`: whether the event took something back."""
        make, w = self.make, self.make.w
        reached = self.counted(here, self._forgive(here))
        with w.block(f"if {reached} > {self.rank}:"):
            w.line(f"{self.rank} = {reached}")
            if isinstance(self.ladder.lasts, nodes.WhileMet):
                self._follow(here.day)
            else:
                w.line(f"{self.due} = {self._ends(here.day)}")
            self._move("(-1)", "reached")
        if isinstance(self.ladder.lasts, nodes.WhileMet):
            with w.block(f"elif {reached} < {self.rank}:"):
                w.line(f"{self.rank} = {reached}")
                self._follow(here.day)
                if undone is not None and make.full:
                    with w.block(f"if {undone}:"):
                        self._move("(-1)", "returned")
                    with w.block("else:"):
                        self._move("(-1)", "no longer met")
                else:
                    self._move("(-1)", "no longer met")

    def _ends(self, day: str) -> str:
        """The day after the term of a tier that is reached on a day."""
        lasts = self.ladder.lasts
        match lasts:
            case nodes.Calendar(period, ahead):
                return self.make.period_end(period, day, ahead)
            case nodes.Duration(days, months):
                return self.make.moved(day, ("months", months) if months else ("days", days))
            case _:
                return str(NEVER)

    # ------------------------------------------------------------ what is available

    @property
    def follows(self) -> bool:
        """Whether it follows what is available, also where this moves without an event."""
        return isinstance(self.ladder.lasts, nodes.WhileMet) and self.reads_lots

    @property
    def reads_lots(self) -> bool:
        """Whether what is available decides about it."""
        return any(isinstance(each, nodes.Available) for each in walk(self._parts, self.make.program.measures))

    def follow(self, day: str) -> None:
        """Lets the tier follow what became of lots at the start of a day."""
        w = self.make.w
        reached = self.counted(Here(day))
        for than, reason in ((">", "reached"), ("<", "no longer met")):
            with w.block(f"{'if' if than == '>' else 'elif'} {reached} {than} {self.rank}:"):
                w.line(f"{self.rank} = {reached}")
                self._follow(day)
                self._move(day, reason)

    # ------------------------------------------------------------ the start of a day

    @property
    def _parts(self) -> tuple[object, ...]:
        """What decides about the tier."""
        return self.ladder.counts, *(step.when for step in self.ladder.tiers)

    @property
    def periods(self) -> list[nodes.Period]:
        """The periods in which a tier `while met` is counted."""
        return self._periods(self._parts)

    @property
    def every_day(self) -> bool:
        """Whether what is counted may be another on any day: then a tier `while met` is looked at on each."""
        return self._changes_daily(self._parts)

    def _periods(self, parts: tuple[object, ...]) -> list[nodes.Period]:
        """The periods in which parts of a ladder count."""
        windows = [getattr(each, "window", None) for each in walk(parts, self.make.program.measures)]
        return [*dict.fromkeys(each.period for each in windows if isinstance(each, nodes.Calendar))]

    def _changes_daily(self, parts: tuple[object, ...]) -> bool:
        """Whether parts of a ladder may come to something else on any day."""
        if self._asks_for_days(parts):
            return True
        for each in walk(parts, self.make.program.measures):
            if isinstance(each, nodes.Measured | nodes.Earned) and isinstance(each.window, nodes.Duration):
                return True
        return False

    def _asks_for_days(self, parts: tuple[object, ...]) -> bool:
        """Whether parts of a ladder look at the day itself."""
        for each in walk(parts, self.make.program.measures):
            match each:
                case nodes.Field(scope=nodes.Scope.MOMENT) | nodes.PeriodDay() | nodes.Streak():
                    return True
                case nodes.Measured(aggregate=nodes.Aggregate.DAYS_SINCE):
                    return True
                case _:
                    continue
        return False

    def _changing(self, day: str, parts: tuple[object, ...]) -> list[str]:
        """The next days on which parts of a ladder may come to something else."""
        if self._changes_daily(parts):
            return [f"{day} + 1"]
        return [self.make.ends.get(period) or self.make.period_end(period, day) for period in self._periods(parts)]

    def _follow(self, day: str) -> None:
        """Notes when a tier that lasts while it is met may be met no more."""
        ends = self._changing(day, self._parts)
        if not ends:
            return
        w = self.make.w
        with w.block(f"if {self.rank} > 0:"):
            w.line(f"{self.due} = {ends[0]}")
            for each in ends[1:]:
                other = w.kept("ends", each)
                w.line(f"{self.due} = {other} if {other} < {self.due} else {self.due}")
        with w.block("else:"):
            w.line(f"{self.due} = {NEVER}")

    @property
    def looks_back(self) -> bool:
        """Whether a review is dated the day before: what was reached in the time that just ended counts."""
        lasts = self.ladder.lasts
        return isinstance(lasts, nodes.Duration) or (isinstance(lasts, nodes.Calendar) and lasts.ahead != 0)

    @property
    def noted(self) -> list[str]:
        """What is noted of the day before a review."""
        return ["before"]

    def look_back(self, day: str) -> None:
        """Names the rank that was reached on the day before a review."""
        self.make.w.line(f"{self.name}_before = {self.counted(Here(day))}")

    def joined(self) -> None:
        """The first day of a member."""

    def review(self, day: str, before: str) -> None:
        """Looks at the tier at the start of a day; `before` names the rank that was reached the day before."""
        w, lasts = self.make.w, self.ladder.lasts
        if isinstance(lasts, nodes.WhileMet):
            reached = self.counted(Here(day))
            with w.block(f"if {reached} < {self.rank}:"):
                w.line(f"{self.rank} = {reached}")
                self._move(day, "no longer met")
            self._follow(day)
            return
        reached = before if self.looks_back else self.counted(Here(day))
        now = w.name("stays")
        w.line(f"{now} = {reached} if {reached} < {self.rank} else {self.rank}")
        fallen = self._fallen(now)
        if self.looks_back:
            w.line(f"{now} = {fallen} if {now} < {self.rank} else {now}")
        else:
            w.line(f"{now} = {fallen}")
        renewed = f"{self._next(day)} if {now} > 0 else {NEVER}"
        w.line(f"{self.due} = {renewed}")
        with w.block(f"if {now} != {self.rank}:"):
            w.line(f"{self.rank} = {now}")
            self._move(day, "term ended")

    def _fallen(self, reached: str) -> str:
        """The rank to which a tier falls, of which that is reached."""
        return {
            nodes.Fall.ONE: f"({self.rank} - 1 if {self.rank} - 1 > {reached} else {reached})",
            nodes.Fall.COUNTED: reached,
            nodes.Fall.LOWEST: "0",
            nodes.Fall.NEVER: self.rank,
        }[self.ladder.falls]

    def _next(self, day: str) -> str:
        """The end of the term that follows one that ended before a day."""
        lasts = self.ladder.lasts
        if isinstance(lasts, nodes.Calendar) and lasts.period is nodes.Period.MEMBERSHIP_YEAR and lasts.ahead != 0:
            self.make.membership()
            return self.make.years_since(f"years_over + {lasts.ahead}")
        if isinstance(lasts, nodes.Calendar) and lasts.ahead != 0:
            # the next term is reckoned from the last day of the one that ended
            return self.make.moved(f"{day} - 1", ("end", lasts.period), *_on(lasts))
        return self._ends(day)

    def _move(self, day: str, reason: str) -> None:
        """Writes where the member stands, at the event (-1) or at the start of a day."""
        if self.make.full:
            code = self.make.code("move", self.ladder.name, reason)
            self.make.write(code, self.stands, "0", day)


def _on(lasts: nodes.Calendar) -> tuple[tuple[str, nodes.Period | int], ...]:
    months = {nodes.Period.MONTH: 1, nodes.Period.QUARTER: 3, nodes.Period.YEAR: 12, nodes.Period.FISCAL_YEAR: 12}
    if lasts.period in months:
        return (("months", months[lasts.period] * lasts.ahead),)
    return (("days", (7 if lasts.period is nodes.Period.WEEK else 1) * lasts.ahead),)
