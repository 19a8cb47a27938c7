"""Commands start fast."""

from __future__ import annotations

from statistics import median

import pytest
from tests.benchmarks.startup import measure, ratios


@pytest.mark.slow
def test_checking_twenty_rules_takes_at_most_18_times_bare_python():
    assert median(ratios(measure(9))["guerdon check, 20 rules"]) <= 18
