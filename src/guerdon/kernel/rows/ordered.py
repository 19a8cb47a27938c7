"""The rows of a history in their order, as tables in DuckDB, which may spill them to disk.

Tables: `kernel_members` (`who`, their name, the columns of facts about them, whether those fit), `kernel_texts` (codes), `kernel_lines_N` (the
lines of list N, in order) and `kernel_rows` (in order: `who`, `at`, `kind`, the event's `name`, and the columns of facts).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from guerdon.check.builtin import NAMES
from guerdon.history.column import Part
from guerdon.history.event import Event
from guerdon.history.open import History
from guerdon.history.staging import Staged
from guerdon.kernel.columns import REFUSED, Column, Columns, named
from guerdon.kernel.days import Years
from guerdon.kernel.rows.arrow import SQL
from guerdon.kernel.rows.encoded import Encoder, Odd
from guerdon.kernel.rows.facts import Facts, Given, in_control, is_text
from guerdon.kernel.rows.together import OTHERS
from guerdon.program import nodes, types

_AT_ONCE = 50_000  # rows that come from Python


def order(
    history: History,
    con: duckdb.DuckDBPyConnection,
    columns: Columns,
    years: Years,
    most: int,
    before: int | None = None,
) -> int:
    """Makes the tables; how many rows there are. An event with more than `most` lines is refused."""
    return Ordered(history, con, columns, years, most, before).count


@dataclass
class Ordered:
    """Makes the tables of a history, one after the other."""

    history: History
    con: duckdb.DuckDBPyConnection
    columns: Columns
    years: Years
    most: int
    before: int | None
    count: int = 0

    def __post_init__(self) -> None:
        self.program = self.columns.program
        self.facts = Facts(self.program, self.years)
        self.staged = [*self.history.staged]
        self.lists = sorted({*self.columns.lines.values()})
        self.by_text = bool(_named_by(self.program) & {*named(self.columns.nodes)})
        self._changes()
        self._members()
        for number in self.lists:
            self._read_lines(number)
        self._rows()
        for number in self.lists:
            self._lines(number)

    # ------------------------------------------------------------ members and texts

    def _changes(self) -> None:
        """What becomes known of members later: rows that are refused."""
        con = self.con
        con.execute(
            "CREATE OR REPLACE TABLE kernel_changes (name VARCHAR, member VARCHAR, happened BIGINT, recorded BIGINT)"
        )
        changes: Iterable[Event] = self.history.changes
        rows = [(each.id, each.member, each.at, each.recorded) for each in changes if self._is_read(each)]
        _insert(con, "kernel_changes", rows)

    def _is_read(self, event: Event) -> bool:
        return self.before is None or max(event.at, event.recorded) < self.before

    def _members(self) -> None:
        """Who they are, what is known of them, and the codes of texts."""
        con, columns = self.con, self.columns.member_facts
        encoder = Encoder(self.columns, self.years, self.history.members)
        own = [column for fact, column in columns.items() if fact in self.program.member.facts]
        names = [each for column in own for each in (column.name, column.is_there) if each is not None]
        listed = "".join(f", {each} BIGINT" for each in names)
        con.execute(f"CREATE OR REPLACE TABLE kernel_known (member VARCHAR, fits BOOLEAN{listed})")
        if self.program.member.facts:
            _insert(con, "kernel_known", (_known(encoder, each, names) for each in self.history.members))
        _, fits, *zeros = _known(Encoder(self.columns, self.years), "", names)
        self._texts(encoder.codes)
        everybody = " UNION ALL ".join(
            [*(f"SELECT member FROM {self._heads(each)}" for each in self.staged), "SELECT member FROM kernel_changes"]
        )
        of_all = [f"coalesce(fits, {bool(fits)}) AND member NOT IN ({self._named_by_others()}) AS fits"]
        of_all += [
            f"coalesce({each}, {zero})::{SQL[self.columns.widths[each]]} AS {each}"
            for each, zero in zip(names, zeros, strict=True)
        ]
        joined = ""
        if (member := columns.get("member")) is not None:
            of_all.append(f"code AS {member.name}")
            joined = "LEFT JOIN kernel_texts ON text = member"
        of_all += [
            f"({in_control(control)})::UTINYINT AS {columns[fact].name}"
            for fact, control in self.columns.controls.items()
        ]
        con.execute(
            f"""CREATE OR REPLACE TABLE kernel_members AS
                SELECT (row_number() OVER (ORDER BY member) - 1)::INTEGER AS who, member, {", ".join(of_all)}
                FROM (SELECT DISTINCT member FROM ({everybody})) LEFT JOIN kernel_known USING (member) {joined}"""
        )
        con.execute("DROP TABLE kernel_known")

    def _named_by_others(self) -> str:
        """The members whom built-in events name that do something with another: both are left to the reference engine."""
        named = [(each, _stored(each, Part.FACT, OTHERS[each.event])) for each in self.staged if each.event in OTHERS]
        found = [
            f"SELECT {raw} FROM {self._heads(each)} WHERE {raw} IS NOT NULL" for each, raw in named if raw is not None
        ]
        return " UNION ALL ".join(found) or "SELECT NULL::VARCHAR WHERE false"

    def _texts(self, known: dict[str, int]) -> None:
        """Gives every text a code: those that the program names, and those of members, have theirs."""
        con = self.con
        con.execute("CREATE OR REPLACE TABLE kernel_texts (text VARCHAR, code INTEGER)")
        _insert(con, "kernel_texts", known.items())
        found = [f"SELECT {value} AS text FROM {staged.table(table)}" for staged, table, value in self._text_columns()]
        if "member" in self.columns.member_facts:
            found += [f"SELECT member AS text FROM {each.table('heads')}" for each in self.staged]
            found.append("SELECT member AS text FROM kernel_changes")
        if found:
            con.execute(
                f"""INSERT INTO kernel_texts SELECT text, {len(known)} + row_number() OVER () - 1
                    FROM (SELECT DISTINCT text FROM ({" UNION ALL ".join(found)}) AS found WHERE text IS NOT NULL)
                    ANTI JOIN (SELECT text FROM kernel_texts) AS others USING (text)"""
            )

    def _text_columns(self) -> Iterator[tuple[Staged, str, str]]:
        """The texts that become codes: of which events, in which table, in which column."""
        for staged in self.staged:
            if staged.event in NAMES:
                continue
            record = self.program.events[staged.event]
            for fact, column in self._facts_of(staged.event):
                raw = _stored(staged, Part.FACT, fact)
                if (
                    raw is not None
                    and is_text(record.facts[fact].type)
                    and not self._is_number(staged.event, fact, column)
                ):
                    yield staged, "heads", raw
            for _, list_name, of in self._lists_of(staged.event):
                for fact, _ in self._line_facts_of(staged.event, list_name):
                    raw = _stored(staged, Part.LINE, fact, list_name)
                    if raw is not None and is_text(of.facts[fact].type):
                        yield staged, "rows", raw
            if self.by_text and staged.event in self.columns.undoable:
                yield staged, "heads", "id"

    def _is_number(self, event: str, fact: str, column: Column) -> bool:
        """Whether a fact names an event, by its number among those of its kind."""
        reversal = self.program.events[event].reverses
        named = reversal is not None and reversal.by == fact and not reversal.shared
        return not self.by_text and named and column.name.startswith("k")

    # ------------------------------------------------------------ what there is of an event

    def _facts_of(self, event: str) -> list[tuple[str, Column]]:
        return [(fact, column) for (kind, fact), column in self.columns.facts.items() if kind == event]

    def _line_facts_of(self, event: str, lines: str) -> list[tuple[str, Column]]:
        of = self.columns.line_facts.items()
        return [(fact, column) for (kind, each, fact), column in of if (kind, each) == (event, lines)]

    def _lists_of(self, event: str) -> Iterator[tuple[int, str, nodes.Record]]:
        for (kind, lines), number in self.columns.lines.items():
            if kind == event:
                of = self.program.events[event].facts[lines].type
                assert isinstance(of, types.Lines)
                yield number, lines, self.program.records[of.record]

    def _heads(self, staged: Staged) -> str:
        """The events of a kind that are read."""
        heads = staged.table("heads")
        if self.before is None:
            return heads
        return f"(SELECT * FROM {heads} WHERE greatest(happened, recorded) < {self.before})"

    def _given(self, raw: str | None, fact: nodes.Fact, column: Column, is_sale: bool, joins: list[str]) -> Given:
        """A fact as SQL; a join that finds the code of a text is added."""
        if raw is None:
            return Given(column, "NULL", None if column.is_there else "true")
        code = None
        if is_text(fact.type):
            joins.append(f"LEFT JOIN kernel_texts AS t{len(joins)} ON t{len(joins)}.text = {raw}")
            code = f"t{len(joins) - 1}.code"
        return self.facts.given(raw, fact.type, column, is_sale, code)

    def _naming(self, staged: Staged, raw: str, column: Column, joins: list[str]) -> Given:
        """A fact that names the event that this one reverses: the number of that, -1 where there is none."""
        reversal = self.program.events[staged.event].reverses
        assert reversal is not None
        sales = next((each for each in self.staged if each.event == reversal.event), None)
        number = "-1"
        if sales is not None:
            self.con.execute(
                f"""CREATE OR REPLACE TABLE kernel_named_{staged.number} AS SELECT heads.ordinal, sale.ordinal AS sale
                    FROM {sales.table("heads")} AS sale JOIN {staged.table("heads")} AS heads ON sale.id = {raw}"""
            )
            joins.append(f"LEFT JOIN kernel_named_{staged.number} AS named ON named.ordinal = heads.ordinal")
            number = "coalesce(named.sale, -1)::INTEGER"
        return Given(
            column, f"CASE WHEN {raw} IS NOT NULL THEN {number} END", None if column.is_there else f"{raw} IS NULL"
        )

    # ------------------------------------------------------------ rows

    def _rows(self) -> None:
        con = self.con
        of_rows = {each: of for each, of in self.columns.widths.items() if not each.startswith(("l", "f_"))}
        of_members = {each: of for each, of in self.columns.widths.items() if each.startswith("f_")}
        counts = [f"l{number}_count" for number in self.lists]
        selects = [self._of_kind(staged, of_rows, counts) for staged in self.staged]
        zeros = "".join(f", 0::{SQL[of]} AS {each}" for each, of in of_rows.items()) + "".join(
            f", 0::INTEGER AS {each}" for each in counts
        )
        selects.append(
            f"""SELECT {len(self.staged)} AS stage, 0::BIGINT AS ordinal, member, name, happened, recorded, -1000000000000000000 AS sequence,
                       {REFUSED}::UTINYINT AS kind_is{zeros} FROM kernel_changes"""
        )
        more = "".join(f", {each}" for each in (*of_rows, *of_members, *counts))
        placed = ", stage::UTINYINT AS stage, ordinal" if self.lists else ""
        chosen = f"who AS who_is, happened AS at_is, kind_is, name{more}{placed}"
        fit = [f"CASE WHEN fits THEN kind_is ELSE {REFUSED} END::UTINYINT AS kind_is"]
        fit += [f"CASE WHEN fits THEN {each} ELSE 0 END AS {each}" for each in counts]
        joined = f"""SELECT found.* REPLACE ({", ".join(fit)}), members.* EXCLUDE (member) FROM ({{}}) AS found
                     JOIN kernel_members AS members ON members.member = found.member"""
        # INVARIANT: kind by kind, and then sorted: a join and a sort of one statement are both held.
        con.execute(
            f"CREATE OR REPLACE TABLE kernel_loose AS SELECT * FROM ({joined.format(' UNION ALL '.join(selects))}) LIMIT 0"
        )
        for select in selects:
            con.execute(f"INSERT INTO kernel_loose {joined.format(select)}")
        for staged in self.staged:
            con.execute(f"DROP TABLE IF EXISTS kernel_named_{staged.number}")
        self._sort(chosen)
        con.execute("DROP TABLE kernel_loose")
        ((self.count,),) = con.execute("SELECT count(*) FROM kernel_rows").fetchall()

    def _sort(self, chosen: str) -> None:
        """Makes the table of rows in their order: by names too only where moments and sequences don't tell them apart."""
        con, moment = self.con, "who, recorded, sequence"
        same = " AND ".join(f"{each} = lag({each}) OVER ()" for each in moment.split(", "))
        ordered = f"SELECT {chosen}, coalesce({same}, false) AS tied FROM (SELECT * FROM kernel_loose ORDER BY {{}})"
        con.execute(f"CREATE OR REPLACE TABLE kernel_rows AS {ordered.format(moment)}")
        ((tied,),) = con.execute("SELECT count(*) FROM kernel_rows WHERE tied").fetchall()
        if tied:
            con.execute(f"CREATE OR REPLACE TABLE kernel_rows AS {ordered.format(f'{moment}, name, stage')}")

    def _of_kind(self, staged: Staged, of_rows: dict[str, str], counts: list[str]) -> str:
        """The rows of one kind of event, whether or not what is known of their members fits."""
        record, joins, odd = self.program.events[staged.event], list[str](), ["heads.recorded <> heads.happened"]
        put: dict[str, str] = {each: f"0::{SQL[of]}" for each, of in of_rows.items()}
        put |= dict.fromkeys(counts, "0::INTEGER")
        if staged.event in NAMES:
            odd = ["true"]
        else:
            for fact, column in self._facts_of(staged.event):
                raw = _stored(staged, Part.FACT, fact)
                raw = raw and f"heads.{raw}"
                if raw is not None and self._is_number(staged.event, fact, column):
                    given = self._naming(staged, raw, column, joins)
                else:
                    given = self._given(raw, record.facts[fact], column, record.reverses is None, joins)
                put |= given.put()
                odd += [given.odd] if given.odd is not None else []
            lists = [number for number, lines, _ in self._lists_of(staged.event) if lines in staged.lists]
            odd += [f"heads.lines > {self.most}"] if lists else []
            for number in lists:
                joins.append(
                    f"LEFT JOIN (SELECT DISTINCT ordinal, true AS odd FROM kernel_read_{number} WHERE stage = {staged.number} AND odd) AS odd_{number} ON odd_{number}.ordinal = heads.ordinal"
                )
                odd.append(f"coalesce(odd_{number}.odd, false)")
        if "id" in put and staged.event in self.columns.undoable:
            if self.by_text:
                joins.append(f"LEFT JOIN kernel_texts AS t{len(joins)} ON t{len(joins)}.text = heads.id")
            put["id"] = f"t{len(joins) - 1}.code::BIGINT" if self.by_text else "heads.ordinal"
        elif "id" in put:
            put["id"] = "(-2)::BIGINT"
        refused = " OR ".join(f"({each})" for each in odd)
        kind = REFUSED if staged.event in NAMES else self.columns.kinds[staged.event]
        if staged.event not in NAMES:
            for number, lines, _ in self._lists_of(staged.event):
                if lines in staged.lists:
                    put[f"l{number}_count"] = f"CASE WHEN {refused} THEN 0 ELSE heads.lines END::INTEGER"
        chosen = "".join(f", {value} AS {each}" for each, value in put.items())
        return f"""SELECT {staged.number} AS stage, heads.ordinal, heads.member, heads.id AS name, heads.happened, heads.recorded, heads.sequence,
                          CASE WHEN {refused} THEN {REFUSED} ELSE {kind} END::UTINYINT AS kind_is{chosen}
                   FROM {self._heads(staged)} AS heads {" ".join(joins)}"""

    # ------------------------------------------------------------ lines

    def _read_lines(self, number: int) -> None:
        """The lines of all events that have a list of this number, in no order; which of them no column holds."""
        of_lines = self._columns_of(number)
        listed = "".join(f", {each} {SQL[of]}" for each, of in of_lines.items())
        self.con.execute(
            f"CREATE OR REPLACE TABLE kernel_read_{number} (stage UTINYINT, ordinal BIGINT, row BIGINT, odd BOOLEAN{listed})"
        )
        for staged in self.staged:
            for own, lines, record in self._lists_of(staged.event) if staged.event not in NAMES else ():
                if own == number and lines in staged.lists:
                    self._read_list(staged, number, lines, record)

    def _read_list(self, staged: Staged, number: int, lines: str, record: nodes.Record) -> None:
        joins, odd = list[str](), ["false"]
        put = {each: f"0::{SQL[of]}" for each, of in self._columns_of(number).items()}
        for fact, column in self._line_facts_of(staged.event, lines):
            raw = _stored(staged, Part.LINE, fact, lines)
            given = self._given(raw and f"rows.{raw}", record.facts[fact], column, True, joins)
            put |= given.put()
            odd += [given.odd] if given.odd is not None else []
        chosen = "".join(f", {value} AS {each}" for each, value in put.items())
        self.con.execute(
            f"""INSERT INTO kernel_read_{number} SELECT {staged.number}, heads.ordinal, {staged.line_order}, {" OR ".join(f"({each})" for each in odd)}{chosen}
                FROM {staged.table("rows")} AS rows
                JOIN {self._heads(staged)} AS heads ON rows.file = heads.file AND rows.{staged.at(Part.GROUP)} = heads.key {" ".join(joins)}"""
        )

    def _columns_of(self, number: int) -> dict[str, str]:
        before, first = f"l{number}_", f"l{number}_first"
        return {each: of for each, of in self.columns.widths.items() if each.startswith(before) and each != first}

    def _lines(self, number: int) -> None:
        """The lines in the order of their rows, without those of rows that are refused."""
        listed = ", ".join(self._columns_of(number)) or "row"
        self.con.execute(
            f"""CREATE OR REPLACE TABLE kernel_lines_{number} AS SELECT {listed}
                FROM kernel_read_{number} JOIN (SELECT rowid AS place, stage, ordinal FROM kernel_rows WHERE l{number}_count > 0) AS rows
                USING (stage, ordinal) ORDER BY place, row"""
        )
        self.con.execute(f"DROP TABLE kernel_read_{number}")


def _stored(staged: Staged, part: Part, fact: str, lines: str = "") -> str | None:
    """The column of a table in which a fact stands; None where this history never has it."""
    for index in staged.of(part):
        if (staged.columns[index].name, staged.columns[index].lines) == (fact, lines):
            return f"{'f' if part is Part.FACT else 'v'}{index}"
    return None


def _named_by(program: nodes.Program) -> set[str]:
    """The facts by which events name those that they reverse."""
    found = (record.reverses.by for record in program.events.values() if record.reverses is not None)
    return {each for each in found if each is not None}


def _known(encoder: Encoder, member: str, names: list[str]) -> tuple[object, ...]:
    """What is known of a member, as it is stored."""
    try:
        found = encoder.of_member(member)
    except Odd:
        return member, False, *(0 for _ in names)
    return member, True, *(found.get(each, 0) for each in names)


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Adds rows, some at a time."""
    waiting: list[tuple[object, ...]] = []
    for each in rows:
        waiting.append(each)
        if len(waiting) == _AT_ONCE:
            _put(con, table, waiting)
            waiting = []
    if waiting:
        _put(con, table, waiting)


def _put(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    columns = [list(each) for each in zip(*rows, strict=True)]
    con.execute(
        f"INSERT INTO {table} SELECT {', '.join(f'unnest(${number + 1})' for number in range(len(columns)))}", columns
    )
