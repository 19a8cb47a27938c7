"""The record shop's points that expire: what is left and what was lost agree with SQL over the file itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.published.test_published import SHARED, rows

import guerdon
from guerdon.ledger.entries import Ledger, Pot

HERE = Path(__file__).parent / "cdnow_expiry"
ROWS = SHARED / "cdnow" / "transactions.parquet"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ROWS.exists(), reason="the purchases of CDNOW are not beside the checkout"),
]


@pytest.fixture(scope="module", params=[12, 1], ids=lambda months: f"{months} months")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, date, Ledger]:
    """Months, last day and ledger; a lot of 31 January that lives for a month is gone from 28 February."""
    months = int(request.param)
    folder, last = tmp_path_factory.mktemp("cdnow"), date(1998, 6, 30)
    mapping = re.sub(r"(?m)^folder: .*$", f"folder: {ROWS.parent}", (HERE / "history.yaml").read_text())
    (folder / "history.yaml").write_text(mapping)
    program = (HERE / "cdnow.guerdon").read_text()
    assert "expires     12 months after earned" in program
    (folder / "cdnow.guerdon").write_text(program.replace("12 months", f"{months} month{'s' * (months > 1)}"))
    return months, last, guerdon.load(folder).run(as_of=last).posted.ledger


def lots(months: int) -> str:
    """SQL of the points of each purchase, and the first day on which they are gone."""
    return f"""(SELECT customer_id, round(dollar_value * 100)::BIGINT // 100 AS points,
                       (date + INTERVAL {months} MONTH)::DATE AS gone FROM '{ROWS}')"""


def test_what_is_left_at_the_end_is_what_sql_says(run: tuple[int, date, Ledger]) -> None:
    months, last, ledger = run
    query = f"SELECT customer_id, sum(points)::BIGINT FROM {lots(months)} WHERE gone > DATE '{last}' GROUP BY 1 HAVING sum(points) > 0"
    theirs = dict(rows(query))
    ours = {member: int(quantity) for (member, _), quantity in ledger.balances().items() if quantity}
    assert ours == theirs
    assert sum(theirs.values()) == {12: 1_049_793, 1: 74_716}[months]


def test_what_expired_in_each_month_is_what_sql_says(run: tuple[int, date, Ledger]) -> None:
    months, last, ledger = run
    query = f"SELECT strftime(gone, '%Y-%m'), sum(points)::BIGINT FROM {lots(months)} WHERE gone <= DATE '{last}' GROUP BY 1 HAVING sum(points) > 0"
    theirs = dict(rows(query))
    ours: dict[str, int] = {}
    for posting in ledger.postings:
        if posting.target is Pot.EXPIRED:
            month = f"{datetime.fromtimestamp(posting.at / 1e6, UTC):%Y-%m}"
            ours[month] = ours.get(month, 0) + int(posting.quantity)
    assert ours == theirs
    assert len(ours) == {12: 6, 1: 17}[months]


def test_what_was_earned_is_left_or_expired(run: tuple[int, date, Ledger]) -> None:
    _, _, ledger = run
    given = sum(award.quantity for award in ledger.awards)
    expired = sum(each.quantity for each in ledger.postings if each.target is Pot.EXPIRED)
    assert given == sum(ledger.balances().values()) + expired == 2_453_159
