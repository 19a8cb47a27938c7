"""A changed program over the full household panel: the report, clicked through in a browser, says what queries over the files say that know nothing of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.published.test_panel import BASKETS, DATA
from tests.published.test_published import rows

import guerdon
from guerdon.study.compare.comparison import Comparison
from guerdon.study.report import page

GROCERY = Path(__file__).resolve().parents[2] / "examples" / "grocery"
BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.exists(), reason="the full panel is not beside the checkout"),
]

SPENT = f"""
WITH {BASKETS},
produce AS (
    SELECT basket_id, sum(round(sales_value * 100)::BIGINT) AS cents FROM '{DATA}/transactions.parquet'
    JOIN '{DATA}/products.parquet' USING (product_id) WHERE department = 'PRODUCE' GROUP BY basket_id),
given AS (
    SELECT member, day, baskets.cents, baskets.cents // 100 AS base, coalesce(produce.cents, 0) // 100 AS old, 2 * coalesce(produce.cents, 0) // 100 AS new
    FROM baskets LEFT JOIN produce USING (basket_id)),
members AS (SELECT member, sum(cents) AS cents, sum(base + old) AS old, sum(base + new) AS new, count(*) // 10 AS rewards FROM given GROUP BY member)"""
"""Points of each basket by either version: whole dollars of the basket, and whole dollars of its produce, or of twice that."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, Path]:
    """The grocery's program, and one with another threshold and another rate."""
    folder = tmp_path_factory.mktemp("compared")
    mapping = (GROCERY / "panel" / "history.yaml").read_text()
    (folder / "history.yaml").write_text(f"folder: {DATA}\n{mapping}")
    was = (GROCERY / "grocery.guerdon").read_text()
    now = was.replace("Silver at 500 USD", "Silver at 400 USD").replace(
        "1 point per full 1 USD of sum of lines", "1 point per full 1 USD of 2 * sum of lines"
    )
    assert now.count("400 USD") == now.count("of 2 * sum") == 1
    (folder / "now.guerdon").write_text(now)
    told = guerdon.compare(guerdon.load(GROCERY), guerdon.load(folder / "now.guerdon"), folder)
    page.write(told, folder / "report.html")
    return told, folder / "report.html"


def table(found: Comparison, name: str) -> list[dict[str, Any]]:
    of = found.table(name)
    return [dict(zip([each.name for each in of.columns], row, strict=True)) for row in of.rows]


def money(points: int, rewards: int) -> Fraction:
    """Points at a cent, rewards at 2.50 dollars."""
    return Fraction(points, 100) + Fraction(5, 2) * rewards


def test_costs_in_all_and_by_month_are_those_of_a_query(found):
    told, _ = found
    ((old, new, rewards),) = rows(f"{SPENT} SELECT sum(old), sum(new), sum(rewards) FROM members")
    assert (told.old.cost, told.new.cost) == (money(old, rewards), money(new, rewards))
    by_month = {f"{row['month']:%Y-%m}": row["difference"] for row in table(told, "months")}
    more = rows(f"{SPENT} SELECT strftime(day, '%Y-%m'), sum(new - old) FROM given GROUP BY ALL")
    assert by_month == {month: money(much, 0) for month, much in more}


def test_who_gains_is_what_a_query_counts(found):
    told, _ = found
    ((gain, same),) = rows(f"{SPENT} SELECT count(*) FILTER (new > old), count(*) FILTER (new = old) FROM members")
    people = {row["counted_in"]: row for row in table(told, "people")}
    assert (people["point"]["gain"], people["point"]["lose"], people["point"]["unchanged"]) == (gain, 0, same)
    tenths = rows(
        f"""{SPENT} SELECT tenth, count(*), sum(new - old) FROM (SELECT *, ntile(10) OVER (ORDER BY old + 250 * rewards, member) AS tenth FROM members)
            GROUP BY tenth ORDER BY tenth"""
    )
    assert [(row["tenth"], row["members"], row["difference"]) for row in table(told, "tenths")] == [
        (tenth, members, money(more, 0)) for tenth, members, more in tenths
    ]


def test_the_threshold_moves_members_and_the_rate_costs(found):
    told, _ = found
    ((moved,),) = rows(f"{SPENT} SELECT count(*) FROM members WHERE cents >= 40000 AND cents < 50000")
    threshold, rate = table(told, "causes")
    assert (threshold["change"], threshold["cost"]) == ("tiers status", 0)
    assert (rate["change"], rate["cost"]) == ('earn "Produce bonus"', told.new.cost - told.old.cost)
    by_tier = told.table("causes_status")
    names = [each.title for each in by_tier.columns[1:]]
    assert dict(zip(names, by_tier.rows[0][1:], strict=True)) == {
        "Base": -moved,
        "Silver": moved,
        "Gold": 0,
        "Platinum": 0,
    }
    assert not any(by_tier.rows[1][1:])


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if BROWSER is None or DRIVER is None:
        pytest.skip("there is no chromium with its chromedriver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    profile = tmp_path_factory.mktemp("profile")
    quiet = "disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync"
    for each in ("headless", "no-sandbox", *quiet.split(), f"user-data-dir={profile}", "window-size=1200,900"):
        options.add_argument(f"--{each}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def shown(browser: Any, title: str) -> list[list[str]]:
    """The cells of the table below a heading, as they are seen."""
    xpath = f"//h3[normalize-space()={title!r}]/following::table[1]"
    lines = browser.find_element("xpath", xpath).find_elements("tag name", "tr")
    return [[cell.text for cell in line.find_elements("xpath", "./*")] for line in lines]


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("+", ""))


def test_the_report_is_clicked_through(found, browser):
    _, path = found
    browser.get(path.as_uri())
    assert browser.title == "Grocery: what would change"
    links = browser.find_elements("css selector", "nav a")
    assert len(links) == len(browser.find_elements("css selector", "h2")) == 9
    for link in links:
        title = link.text
        link.click()
        heading = browser.find_element("css selector", f"h2{re.sub('.*#', '#', link.get_attribute('href'))}")
        assert heading.text == title
        top = browser.execute_script("return arguments[0].getBoundingClientRect().top", heading)
        assert -1 <= top < 900, "it is in view"
    sent = [each for each in browser.get_log("performance") if '"http' in each["message"]]
    assert not sent, "a report asks nobody for anything"
    assert not [each for each in browser.get_log("browser") if each["level"] == "SEVERE"]


def test_what_is_seen_is_what_queries_say(found, browser):
    _, path = found
    browser.get(path.as_uri())
    ((old, new, rewards),) = rows(f"{SPENT} SELECT sum(old), sum(new), sum(rewards) FROM members")
    cost = next(row for row in shown(browser, "What it costs") if row[0] == "cost (USD)")
    assert [Fraction(amount(each)) for each in cost[1:]] == [
        money(old, rewards),
        money(new, rewards),
        money(new - old, 0),
    ]
    seen = shown(browser, "Cost by month")
    by_month = {row[0]: Fraction(amount(row[3])) for row in seen[1:-1]}
    more = rows(f"{SPENT} SELECT strftime(day, '%Y-%m'), sum(new - old) FROM given GROUP BY ALL")
    assert by_month == {month: money(much, 0) for month, much in more}
    assert Fraction(amount(seen[-1][3])) == sum(by_month.values())
    thresholds = (0, 50000, 150000, 300000), (0, 40000, 150000, 300000)
    standing = [
        [
            rows(f"{SPENT} SELECT count(*) FROM members WHERE cents >= {low} AND cents < {high}")[0][0]
            for low, high in zip(of, (*of[1:], 10**12), strict=True)
        ]
        for of in thresholds
    ]
    tiers = shown(browser, "Members by status at the end")[1:-1]
    assert [[int(row[1].replace(",", "")), int(row[2].replace(",", ""))] for row in tiers] == [
        list(each) for each in zip(*standing, strict=True)
    ]


@pytest.mark.parametrize("font", ["serif", "monospace"])
@pytest.mark.parametrize("width", [320, 420])
def test_the_page_can_be_read_on_a_telephone(found, browser, font, width):
    """Whatever is wide scrolls on its own, also in the wide letters that a machine may have instead."""
    _, path = found
    browser.set_window_size(width, 900)
    browser.get(path.as_uri())
    style = f"* {{ font-family: {font} !important }}"
    browser.execute_script(
        "document.head.appendChild(document.createElement('style')).textContent = arguments[0]", style
    )
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth + 1")
    browser.set_window_size(1200, 900)
