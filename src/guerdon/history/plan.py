"""What a mapping asks for, held against the program: the columns of each event and of the members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from guerdon.history.builtin import filled, is_undeclared, lacking, names_event
from guerdon.history.column import Column, Part, required
from guerdon.history.document import Document, Path
from guerdon.history.mapping import EventMapping, HistoryMapping, MembersMapping
from guerdon.program import nodes, types
from guerdon.text.diagnostic import Diagnostic, nearest

_BASE = (
    (Part.ID, types.Text()),
    (Part.MEMBER, types.Text()),
    (Part.AT, types.Instant()),
    (Part.RECORDED, types.Instant()),
    (Part.SEQUENCE, types.WHOLE),
    (Part.GROUP, types.Text()),
)


@dataclass(frozen=True)
class Plans:
    """The columns asked for, by event and for the members; and what is wrong with the asking."""

    events: dict[str, list[Column]] = field(default_factory=dict)
    members: list[Column] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)


def plan(mapping: HistoryMapping, program: nodes.Program, document: Document) -> Plans:
    """Errors: G510 unknown source, G520 to G524 for events and fields that don't match the program's."""
    planner = _Planner(program, document, mapping)
    unknown = [event for event in mapping.events if event not in program.events]
    misspelt = {nearest(event, program.events) for event in unknown} - mapping.events.keys()
    for event, record in program.events.items():
        if event in misspelt:
            continue  # told below, as the name that it was given
        if event not in mapping.events:
            if is_undeclared(record):
                continue  # a program has all of these, whether it means them or not
            planner.fault(
                "G520",
                f"the program's event `{event}` is not mapped",
                ("events",),
                f"map it, or write `{event}: absent` if this history has none",
            )
        elif isinstance(given := mapping.events[event], EventMapping):
            planner.plans.events[event] = list(planner.event(record, given, ("events", event)))
    for event in mapping.events:
        if event not in program.events:
            planner.unknown("G521", "the program has no event", event, program.events, ("events", event))
    if mapping.members:
        planner.plans.members.extend(planner.members(program.member, mapping.members))
    else:
        planner.no_members(program.member)
    return planner.plans


@dataclass(frozen=True)
class _Planner:
    program: nodes.Program
    document: Document
    mapping: HistoryMapping
    plans: Plans = field(default_factory=Plans)

    def fault(self, code: str, message: str, path: Path, *help: str, key: bool = True) -> None:
        self.plans.faults.append(Diagnostic(code, message, self.document.span(path, key=key), help=help))

    def unknown(
        self, code: str, message: str, word: str, known: Mapping[str, object], path: Path, *, key: bool = True
    ) -> None:
        close = nearest(word, known)
        advice = f"did you mean `{close}`?" if close else f"there are: {', '.join(known) or 'none'}"
        self.fault(code, f"{message} `{word}`", path, advice, key=key)

    def event(self, record: nodes.Record, given: EventMapping, path: Path) -> Iterator[Column]:
        self.sources(given, path)
        for part, kind in _BASE:
            expression = getattr(given, part.value)
            if expression is not None:
                yield Column(part, part.value, kind, expression, (*path, part.value))
        for sentence, condition in given.require.items():
            place = (*path, "require", sentence)
            yield Column(Part.REQUIRED, sentence, types.Optional(types.YesNo()), condition, place)
        yield from self.facts(record, given.fields, (*path, "fields"), bool(given.group))
        if given.group and not any(isinstance(required(each.type), types.Lines) for each in record.facts.values()):
            self.fault(
                "G524",
                f"`{record.name}` has no list of lines for the rows of a group",
                (*path, "group"),
                "take `group` away, or give the event a list in the program",
            )

    def members(self, record: nodes.Record, given: MembersMapping) -> Iterator[Column]:
        self.sources(given, ("members",))
        yield Column(Part.MEMBER, "id", types.Text(), given.id, ("members", "id"))
        if given.since is not None:
            yield Column(Part.SINCE, "since", types.Optional(types.Instant()), given.since, ("members", "since"))
        yield from self.facts(record, given.fields, ("members", "fields"), False)

    def no_members(self, record: nodes.Record) -> None:
        """Reports facts that every member needs, where the history has nothing about members."""
        needed = [fact.name for fact in record.facts.values() if not isinstance(fact.type, types.Optional)]
        if needed:
            self.fault(
                "G522",
                f"the program needs to know `{needed[0]}` of each member, and this says nothing about members",
                (),
                "add `members:` with `from`, `id` and `fields`, or make the fact optional in the program",
            )

    def sources(self, given: EventMapping | MembersMapping, path: Path) -> None:
        if given.source not in self.mapping.sources:
            self.unknown("G510", "there is no source", given.source, self.mapping.sources, (*path, "from"), key=False)
        for index, join in enumerate(given.join):
            if join.source not in self.mapping.sources:
                self.unknown(
                    "G510",
                    "there is no source",
                    join.source,
                    self.mapping.sources,
                    (*path, "join", index, "source"),
                    key=False,
                )
            elif join.source in [given.source, *(each.source for each in given.join[:index])]:
                self.fault(
                    "G529",
                    f"`{join.source}` is joined to itself",
                    (*path, "join", index, "source"),
                    "give the file a second name among `sources`",
                    key=False,
                )

    def facts(
        self, record: nodes.Record, given: Mapping[str, str | dict[str, str]], path: Path, grouped: bool
    ) -> Iterator[Column]:
        for name in given:
            fact = record.facts.get(name)
            if fact is None:
                self.unknown("G523", f"`{record.name}` has no field", name, record.facts, (*path, name))
            elif fact.value is not None:
                self.fault("G523", f"`{name}` is computed by the program", (*path, name), "take the line away")
        meant = {nearest(name, record.facts) for name in given if name not in record.facts}
        for fact in record.facts.values():
            if fact.value is None and (fact.name in given or fact.name not in meant):
                mapped = given.get(fact.name) or filled(record, fact, given, self.program)
                yield from self.fact(record, fact, mapped, (*path, fact.name), grouped)
        for name, beside in lacking(record, given, self.program):
            help = f"add `{name}: COLUMN` below `{path[-1]}:`" + (f", beside `{beside}`" if beside else "")
            other = "" if beside else " or `quantity`"
            self.fault(
                "G522", f"`{record.name}` needs the field `{name}`{other}", (*path, *filter(None, [beside])), help
            )

    def fact(
        self, record: nodes.Record, fact: nodes.Fact, given: str | dict[str, str] | None, path: Path, grouped: bool
    ) -> Iterator[Column]:
        of = required(fact.type)
        if given is None:
            if not isinstance(fact.type, types.Optional):
                self.fault(
                    "G522",
                    f"`{record.name}` needs the field `{fact.name}`",
                    path,
                    f"add `{fact.name}: COLUMN` below `{path[-2]}:`, or make it optional in the program",
                )
        elif not isinstance(of, types.Lines):
            if isinstance(given, str):
                yield Column(
                    Part.FACT, fact.name, types.Member() if names_event(record, fact) else fact.type, given, path
                )
            else:
                self.fault(
                    "G524", f"`{fact.name}` is one value, not a list of lines", path, f"write `{fact.name}: COLUMN`"
                )
        elif isinstance(given, str):
            self.fault(
                "G524",
                f"`{fact.name}` is a list: its lines need fields of their own",
                path,
                f"indent them below `{fact.name}:`, such as `{next(iter(self.program.records[of.record].facts))}: COLUMN`",
            )
        elif not grouped:
            self.fault(
                "G524",
                f"`{fact.name}` is a list of lines, but nothing says which rows belong together",
                path,
                "add `group: COLUMN`: rows with the same value there form one event",
            )
        else:
            yield from self.lines(self.program.records[of.record], fact.name, given, path)

    def lines(self, record: nodes.Record, name: str, given: Mapping[str, str], path: Path) -> Iterator[Column]:
        if not given:
            self.fault(
                "G522",
                f"nothing says what a line of `{name}` holds",
                path,
                f"indent its fields below `{name}:`, such as `{next(iter(record.facts))}: COLUMN`",
            )
            return
        for column in self.facts(record, given, path, False):
            yield Column(Part.LINE, column.name, column.type, column.expression, column.path, name)
