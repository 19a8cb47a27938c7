"""Every diagnostic code, in one table: what it means and how it is mended.

`docs/errors.md` is made from this table and from the broken programs under
`tests/errors/`. A code is permanent: it is never given to another fault.
G0 text and syntax, G1 names, G2 types, G3 and G4 declarations, G5 triggers, mapping, referrals, streaks, offers, control groups, ranks and returns, G6 data, G7 to G9 use.
"""

from __future__ import annotations

from guerdon.text.codes import (
    coming,
    data,
    declared,
    drawing,
    laws,
    living,
    mapping,
    meaning,
    measuring,
    messages,
    offers,
    proving,
    ranks,
    reading,
    recording,
    redeeming,
    returning,
    streaks,
    together,
    tuning,
    using,
)
from guerdon.text.codes.code import Code as Code

_AREAS = (
    *(reading, meaning, declared, living, together, redeeming, mapping, streaks, offers, ranks, returning, coming, data, messages, laws),
    drawing,
    measuring,
    proving,
    recording,
    tuning,
    using,
)

CODES: dict[str, Code] = dict(sorted(each for area in _AREAS for each in area.CODES.items()))
