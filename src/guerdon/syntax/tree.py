"""The tree of a text: one class for each rule of the grammar, in its order.

Children stand in the order of the grammar rule; what is left out is None. Spans take
no part in equality, so two texts that differ in layout only have equal trees.
Declarations and documents are here, clauses and expressions beside.
"""

from __future__ import annotations

from typing import TypeVar

from guerdon.syntax.clauses import *
from guerdon.syntax.expressions import *
from guerdon.syntax.life import *
from guerdon.syntax.measures import *
from guerdon.syntax.rows import *
from guerdon.syntax.together import *
from guerdon.syntax.trials import *
from guerdon.text.node import Node as Node

T = TypeVar("T", bound=Node)


class Declaration(Node):
    """A keyword, a name (none for `member`) and clauses in their one order.

    Shape: clauses are sorted as `ORDER` says, those of one kind as they were written;
    facts, rows, tiers and a test's clauses stand as they were written. Comments stand
    beside what they were written before or behind, by the clause's place in `clauses`
    (-1: the head line; the number of clauses: below the last).
    """

    keyword: str
    name: Name | String | None
    clauses: tuple[Clause, ...]
    comments: tuple[Comment, ...] = ()


class Comment(Node):
    """A comment above (`behind` false) or behind the clause at `clause`."""

    clause: int
    behind: bool
    text: str


class Document(Node):
    """A file: its declarations in order, and the comments below the last."""

    declarations: tuple[Declaration, ...]
    comments: tuple[str, ...]


ORDER: dict[str, tuple[type, ...]] = {
    "program": (Edition, Currency, Timezone, Fiscal, DayStart, WeekStart, Lateness, Use),
    "unit": (Decimals, Kind, Worth, Expires, Suspended, Spends, Debt),
    "event": (Fact, Reverses, Part, Clawback, Counted),
    "account": (Members, Owns, Joins, Leaves, SpendsWhen),
    "table": (By, Columns, Bands, RowsFrom, Row, Otherwise),
    "measure": (IsClause, Ranked, When),
    "tiers": (Counts, Tier, Rises, Lasts, Grace, Falls, Floor, Grants, Carries, Restarts, Returns, Perk),
    "rule": (
        *(On, When, During, Control, Replaces, Each, LimitOf, Accumulate, Give, Minimum, Round, Say, Limit),
        *(Share, Hold, Funded, Because),
    ),
    "group": (Of, Take, Minimum, Round, Limit),
    "law": (When, Always, NeverLess),
}
ORDER["earn"] = ORDER["rule"]
ORDER["redeem"] = (On, When, During, Each, FromOneExpiry, Cost, Round, Say, Limit, Because)
ORDER["offer"] = (
    *(Opens, Within, Through, On, When, During, Control, Give, Minimum, Round, Say, Limit, Share),
    *(Hold, Funded, Because),
)
ORDER["referral"] = (Friend, Referrer, Qualifies, During, Give, Round, Say, Limit, Hold, Refuse, Because)
"""The one order of clauses: that in which they work. Kinds not named here stay as written."""
