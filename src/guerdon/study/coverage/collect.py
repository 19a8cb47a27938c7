"""Which branches tests take, noted while they run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guerdon.history.event import Event, Facts
from guerdon.ledger.entries import Pot
from guerdon.program import nodes, types
from guerdon.reference.engine import Engine
from guerdon.reference.rules import Sheet, Verdict
from guerdon.reference.scene import Step
from guerdon.study.coverage.points import FAILED, HELD, Key

_FELL = ("term ended", "no longer met")


class Collector:
    """Notes what is taken; one for all tests of a program.

    Shape: an observer of `trial`, whose engines it lets note what they evaluate.
    """

    def __init__(self, program: nodes.Program) -> None:
        self.program = program
        self.taken: set[Key] = set()
        self.rows = {each: row for table in program.tables.values() for each, row in _rows(table).items()}
        self.trace = Step(nodes.Literal(True, types.YesNo()))
        self.lines: dict[tuple[str, str, str], int | None] = {}
        self.moves = 0

    def begin(self, engine: Engine) -> None:
        """Lets an engine note what it evaluates."""
        engine.world.trace = self.trace
        self.lines, self.moves = {}, 0

    def watch(self, event: Event, facts: Facts, verdict: Verdict) -> None:
        """Takes in what came of a rule at an event."""
        rule, failed = verdict.rule, verdict.failed
        self._steps(verdict.steps)
        if isinstance(failed, nodes.Rule):
            self.taken.add(("replaced", failed.name, rule.name))
        if isinstance(failed, nodes.Control):
            self.taken.add(("control", rule.name))
        if failed is None or isinstance(failed, tuple | nodes.Control | nodes.Rule):
            for number, line in enumerate(rule.during):
                self.taken.add(("during", rule.name, number, FAILED if line is failed else HELD))
                if line is failed:
                    break
        if verdict.quantity > 0:
            self.taken.add(("gave", rule.name))
        if verdict.raised:
            self.taken.add(("raised", rule.name))
        self.taken |= {("limit", id(each.limit)) for each in verdict.cuts if each.cut}
        self.taken |= {("limit", id(each.limit)) for each in verdict.admitted if each.there > each.room}
        if verdict.sheet is not None:
            self._together(verdict.sheet)

    def _together(self, sheet: Sheet) -> None:
        """Takes in what a group made of its rules' awards."""
        self.taken |= {("limit", id(each.limit)) for each in sheet.cuts if each.cut}
        if sheet.raised:
            self.taken.add(("raised", sheet.group.name))
        if sheet.taken is not None:
            self.taken.add(("taken", sheet.group.name, sheet.taken.rule.name))

    def happened(self, engine: Engine, event: Event, refused: bool) -> None:
        """Takes in what came of an event, what was evaluated, and the lots that there are."""
        if self.program.events[event.type].reverses is not None and not refused:
            self.taken.add(("reversed", event.type))
        for move in engine.posted.ledger.moves[self.moves :]:
            if move.reason == "granted":
                self.taken.add(("granted", move.ladder, move.tier, event.type))
        self.moves = len(engine.posted.ledger.moves)
        self._evaluated(engine)

    def _evaluated(self, engine: Engine) -> None:
        self._steps(self.trace.steps)
        self.trace.steps.clear()
        for subject in engine.world.subjects.values():
            for unit, purse in subject.purses.items():
                for lot in purse.lots:
                    self.lines[subject.id, unit, lot.id] = lot.line

    def end(self, engine: Engine) -> None:
        """Takes in what the ledger of a test holds."""
        self._evaluated(engine)
        ledger = engine.posted.ledger
        held = {award.id: {award.rule} for award in ledger.awards}  # by lot; one may hold what several rules gave
        for posting in ledger.postings:
            key = posting.holder, posting.unit, posting.lot or ""
            if posting.target is Pot.EXPIRED and posting.reason == "expired":
                self.taken.add(("expired", posting.unit, self.lines.get(key)))
            if posting.target is Pot.PENDING:
                held.setdefault(key[2], set()).add(posting.reason)
            if posting.source is Pot.PENDING and posting.target is Pot.AVAILABLE:
                self.taken |= {("released", rule) for rule in held.get(key[2], ())}
        for award in ledger.awards:
            for share in self.program.rules[award.rule].shares if award.rule in self.program.rules else ():
                if award.id.endswith(f"/{award.rule}/{share.name}") and award.quantity > 0:
                    self.taken.add(("share", award.rule, share.name))
        self.taken |= {("refused", each.rule) for each in ledger.refusals if each.rule is not None}
        for move in ledger.moves:
            if move.reason != "joined":
                self.taken.add(("tier", move.ladder, move.tier))
            if move.reason in _FELL:
                self.taken.add(("ended", move.ladder))

    def _steps(self, steps: Iterable[Step]) -> None:
        """Notes each way that a condition went, and each row that was used, steps below included."""
        waiting = list(steps)
        while waiting:
            step = waiting.pop()
            waiting += step.steps
            if id(step.expr) in self.rows:
                self.taken.add(("row", self.rows[id(step.expr)]))
            if isinstance(step.value, bool):
                self.taken.add((id(step.expr), HELD if step.value else FAILED))


def _rows(table: nodes.Table) -> Mapping[int, int]:
    """The results of a table's rows by their identity, each with the first of its row."""
    whole = [row.results for row in table.rows] + ([table.otherwise] if table.otherwise else [])
    return {id(each): id(results[0]) for results in whole for each in results}
