"""Members by the words of measures, and what those of each word cost: such are segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from guerdon.study.compare.counted import either
from guerdon.study.compare.database import Database
from guerdon.study.compare.grouped import cost_by
from guerdon.study.compare.running import Runs
from guerdon.study.compare.sides import NEW, OLD, Side
from guerdon.study.compare.totals import DIFFERENCE, three
from guerdon.study.measure.wording import SAYS, measures_of_words, worded
from guerdon.study.parts import selected
from guerdon.study.report.report import Column, Kind, Section, Table


def segments(db: Database, runs: Runs) -> Section:
    """Two tables for each measure of words of either version; the programs are run once more for them."""
    words = [measures_of_words(side.program) for side in (db.old, db.new)]
    names = either(words[NEW], words[OLD])
    if not names:
        return Section("Segments", (), "neither version has a measure that is looked up as a word")
    db.con.execute("CREATE TABLE words (version TINYINT, member VARCHAR, measure VARCHAR, word VARCHAR)")
    for version, side in enumerate((db.old, db.new)):
        _say(db, version, side, runs)
    return Section("Segments", tuple(each for name in names for each in _of_measure(db, name, words)))


def _say(db: Database, version: int, side: Side, runs: Runs) -> None:
    """Copies the word that each measure came to at the last end of a month."""
    saying = worded(side.run, lambda program, as_of: runs.side(program, "segments").run)
    if saying is None:
        return
    with selected(db.con, saying, "effects", db.folder) as rows:
        for name in measures_of_words(side.program):
            db.con.execute(
                f"""INSERT INTO words SELECT {version}, member, $name, arg_max(text, "at") FROM ({rows}) WHERE starts_with(rule, $rule) GROUP BY member""",
                {"name": name, "rule": f"{SAYS}{name} is "},
            )


def _of_measure(db: Database, name: str, words: list[dict[str, tuple[str, ...]]]) -> Iterator[Table]:
    listed = either(*(words[version].get(name, ()) for version in (NEW, OLD)))
    found = db.rows("SELECT version, word, count(*) FROM words WHERE measure = $measure GROUP BY ALL", measure=name)
    members = Counter({(version, word): count for version, word, count in found})
    rows = tuple((word, was := members[OLD, word], now := members[NEW, word], now - was) for word in listed)
    word = Column("word", name, Kind.TEXT)
    notes: tuple[str, ...] = (f"Members by the {name} that they had at the last end of a month.",)
    if not members:
        notes += ("No month ended in what was read: `--as-of` with the last day of a month reads through it.",)
    yield Table(f"segments_{name}", f"Members by {name}", (word, *three(Kind.COUNT)), rows, notes, summed=DIFFERENCE)
    note = f"Members by the {name} that they had at the last end of a month under the old version."
    mine = f"SELECT member, word AS name FROM words WHERE version = {OLD} AND measure = $measure"
    yield cost_by(db, name, listed, mine, note, measure=name)
