"""A second reading of docs/language.md: everything is counted again from the start at every event.

Nothing is remembered but what was answered: the events, what was earned at each, and the postings
of lots. Windows are asked day by day, totals added again, limits counted again, what is left of a
lot is added from its postings, and each life is walked one day after the other. It is slow on
purpose and shares nothing with the engine but the typed program.
"""

from __future__ import annotations

from tests.reference.recount.run import Recount
from tests.reference.recount.subjects import AWARD, Recounted

__all__ = ["AWARD", "Recount", "Recounted"]
