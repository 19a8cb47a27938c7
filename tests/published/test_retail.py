"""A web shop's credit notes, which name no invoice: each is posted or set aside, as an independent count has it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from tests.published.test_published import SHARED, rows

import guerdon
from guerdon.history.event import Rejection
from guerdon.library import Outcome

HERE = Path(__file__).parent / "retail"
LINES = SHARED / "online_retail_nonuk" / "lines.parquet"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LINES.exists(), reason="the lines of Online Retail are not beside the checkout"),
]

Invoice = tuple[str, int | None, Counter[str], int]  # number, customer, quantity by product, pence


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("retail")
    mapping = re.sub(r"(?m)^folder: .*$", f"folder: {LINES.parent}", (HERE / "history.yaml").read_text())
    (folder / "history.yaml").write_text(mapping)
    return guerdon.load(HERE).run(folder)


def invoices() -> list[Invoice]:
    """Every invoice with what it says in all, in the order of time and then of the file."""
    found: dict[str, Invoice] = {}
    query = f"""SELECT InvoiceNo, CustomerID, StockCode, Quantity, round(UnitPrice * 100)::BIGINT
                FROM (SELECT *, min(InvoiceDate) OVER (PARTITION BY InvoiceNo) AS moment,
                             min(file_row_number) OVER (PARTITION BY InvoiceNo) AS first
                      FROM read_parquet('{LINES}', file_row_number = true))
                ORDER BY moment, first, file_row_number"""
    for number, customer, product, quantity, pence in rows(query):
        _, _, products, total = found.get(number, (number, customer, Counter[str](), 0))
        products[product] += quantity
        found[number] = (number, customer, products, total + quantity * pence)
    return list(found.values())


def expected() -> dict[str, str]:
    """Why each invoice is set aside: without a customer, nothing bought before, or more returned than was bought."""
    bought: defaultdict[int, Counter[str]] = defaultdict(Counter)
    reasons: dict[str, str] = {}
    for number, customer, products, _ in invoices():
        if customer is None:
            reasons[number] = "G602"
        elif number.startswith("C") and customer not in bought:
            reasons[number] = "G692"
        elif any(bought[customer][product] + quantity < 0 for product, quantity in products.items()):
            reasons[number] = "G694"
        else:
            bought[customer].update(products)
    return reasons


def invoice(rejection: Rejection) -> str:
    return str(rejection.source.get("InvoiceNo") or rejection.source["id"])


def test_every_invoice_is_posted_or_set_aside_with_its_reason(outcome: Outcome) -> None:
    ours = {invoice(each): each.code for each in outcome.posted.rejections}
    assert ours == expected()
    assert Counter(ours.values()) == {"G602": 73, "G694": 50, "G692": 20}
    assert outcome.posted.events + len(ours) == len(invoices()) == 2_406
    assert outcome.posted.events == 2_263


def test_every_line_of_the_file_is_part_of_an_invoice_or_set_aside(outcome: Outcome) -> None:
    lines = sum(len(event.facts["lines"]) for event in outcome.history.events())
    aside = sum(each.code == "G602" for each in outcome.history.rejections)
    assert (lines, aside, lines + aside) == (44_951, 1_480, 46_431)


def test_what_is_bought_and_never_returned_earns_whole_pounds(outcome: Outcome) -> None:
    """Customers without a credit note have what their invoices come to, each rounded down."""
    returning = {customer for number, customer, _, _ in invoices() if number.startswith("C")}
    earned: Counter[str] = Counter()
    for _, customer, _, pence in invoices():
        if customer is not None and customer not in returning:
            earned[str(customer)] += pence // 100
    balances = {member: quantity for (member, _), quantity in outcome.posted.ledger.balances().items()}
    assert {member: balances[member] for member in earned if earned[member]} == {k: v for k, v in earned.items() if v}
    assert len(earned) > 100
