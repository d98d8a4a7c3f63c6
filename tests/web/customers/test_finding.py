"""Finding customers: what is typed, filters, orders, and pages that stay put."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okaeri.web.core.customers import finding
from okaeri.web.core.customers.contracts import Line
from okaeri.web.core.customers.finding import Wanted, listing
from okaeri.web.core.customers.models import Customer

Known = Callable[..., Customer]


def names(**asked: str) -> list[str]:
    return [line.name for line in listing(Wanted(**asked)).lines]


@pytest.fixture
def people(known: Known) -> None:
    known("C-1", '{"name": "佐藤 花子", "email": "hanako@example.com", "フリガナ": "サトウ ハナコ"}')
    known("C-2", '{"name": "김민준", "email": "minjun@example.net", "phone": "010-1234-5678"}')
    known("C-3", '{"name": "Mary Smith", "email": "mary@example.org"}')
    known("C-10", '{"name": "渡邊 亮"}')
    known("C-11", '{"name": "서지훈"}')
    known("C-12", '{"name": "최하늘"}')


@pytest.fixture
def many(db: None) -> None:
    """300 customers with ties and gaps in everything the list is ordered and filtered by."""
    day = date(2025, 1, 1)
    Customer.objects.bulk_create(
        Customer(
            customer_id=f"C{n:03}",
            id_key=f"c{n:03}",
            name=f"N{n % 40}",
            name_key=f"n{n % 40}",
            at_risk=None if n % 3 == 0 else float(n % 50),
            leaving=None if n % 3 == 0 else (n % 100) / 100,
            last_order_day=None if n % 4 == 0 else day + timedelta(days=n % 30),
        )
        for n in range(300)
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("佐藤", "佐藤 花子"),
        ("花子さん", "佐藤 花子"),
        ("さとう", "佐藤 花子"),
        ("ﾊﾅｺ", "佐藤 花子"),
        ("渡辺", "渡邊 亮"),
        ("ㄱㅁㅈ", "김민준"),
        ("ㅁㅈ", "김민준"),
        ("기", "김민준"),
        ("민준님", "김민준"),
        ("초", "최하늘"),  # on the way to 최
        ("최한", "최하늘"),  # on the way to 최하늘
        ("한", "최하늘"),
        ("ㄵ", ""),
        ("渡邊\U000e0101", "渡邊 亮"),  # the shape of the character is told after it
        ("지훈", "서지훈"),
        ("smith mary", "Mary Smith"),
        ("MARY@EX", "Mary Smith"),
        ("010 1234", "김민준"),
        ("12345678", "김민준"),
        ("c-3", "Mary Smith"),
    ],
)
def test_a_customer_is_found_by_what_people_type(people: None, typed: str, found: str) -> None:
    assert names(words=typed) == ([found] if found else [])


def test_leading_consonants_that_the_keyboard_joined_are_two(known: Known) -> None:
    known("1", '{"name": "김수"}')

    assert names(words="ㄳ") == ["김수"]


@pytest.mark.parametrize("typed", ["ㅋ", "田中", "%", "_", "zzz"])
def test_what_nobody_is_called_finds_nobody(people: None, typed: str) -> None:
    assert names(words=typed) == []


def test_the_whole_id_comes_before_ids_that_begin_so(people: None) -> None:
    assert names(words="C-1") == ["佐藤 花子", "서지훈", "최하늘", "渡邊 亮"]


def test_a_name_that_begins_so_comes_before_one_that_holds_it(known: Known) -> None:
    known("1", '{"name": "小林 森"}')
    known("2", '{"name": "森 あき"}')

    assert names(words="森") == ["森 あき", "小林 森"]


def test_a_search_keeps_to_the_filters(people: None) -> None:
    Customer.objects.filter(customer_id="C-2").update(rfm="champions")

    assert names(words="c-", segment="rfm:champions") == ["김민준"]


def test_a_filter_does_not_hide_the_one_match_behind_many_others(many: None) -> None:
    Customer.objects.update(search="0123 middle")
    Customer.objects.filter(customer_id="C299").update(rfm="champions")

    assert len(names(words="middle", segment="rfm:champions")) == 1


def test_somebody_who_is_being_erased_or_was_merged_is_not_shown(people: None, known: Known) -> None:
    other = Customer.objects.get(customer_id="C-1")
    Customer.objects.filter(customer_id="C-2").update(merged_into=other)
    Customer.objects.filter(customer_id="C-3").update(erasing_since="2025-03-01T00:00Z")

    assert len(listing(Wanted()).lines) == 4
    assert names(words="mary") == names(words="김민준") == []


@pytest.mark.parametrize("order", list(finding.ORDERS))
def test_pages_show_everybody_once_in_order(many: None, order: str) -> None:
    seen: list[Line] = []
    after = ""
    while True:
        page = listing(Wanted(order=order, after=after))
        seen += page.lines
        after = page.following
        if not after:
            break

    assert len(seen) == len({line.customer_id for line in seen}) == 300
    values = [{"risk": line.at_risk, "order": line.last_order_day}.get(order) for line in seen]
    told = [value for value in values if value is not None]
    assert values[: len(told)] == told == sorted(told, reverse=True)


def test_a_page_stays_put_when_somebody_before_it_goes(many: None) -> None:
    first = listing(Wanted(order="name"))
    second = listing(Wanted(order="name", after=first.following))

    Customer.objects.filter(customer_id=first.lines[0].customer_id).delete()

    assert listing(Wanted(order="name", after=first.following)) == second.__class__(
        **{**{name: getattr(second, name) for name in second.__slots__}, "total": 299}
    )


@pytest.mark.parametrize("order", list(finding.ORDERS))
@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "WzEsMl0", "////", "WyJhIiwxXQ", "WyJhIiwiMSJd", "WyI3Il0"])
def test_a_cursor_that_was_made_up_breaks_nothing(many: None, cursor: str, order: str) -> None:
    assert listing(Wanted(order=order, after=cursor)).total == 300


def test_an_export_of_a_search_holds_everybody_who_matches_in_the_order_of_the_list(many: None) -> None:
    Customer.objects.update(search="0123 middle")

    found = [each.at_risk for each in finding.everybody(Wanted(words="middle", order="risk"))]

    told = [each for each in found if each is not None]
    assert len(found) == 300
    assert found[: len(told)] == sorted(told, reverse=True)


def test_the_pages_of_those_without_a_chance_show_each_of_them_once(many: None) -> None:
    first = listing(Wanted(risk="none"))
    second = listing(Wanted(risk="none", after=first.following))

    seen = {line.customer_id for line in (*first.lines, *second.lines)}
    assert (first.total, len(seen), second.following) == (100, 100, "")


@pytest.mark.parametrize("risk", list(finding.RISKS))
def test_the_filters_by_risk_share_everybody_among_them(many: None, risk: str) -> None:
    chosen = listing(Wanted(risk=risk)).total

    rules: dict[str, Callable[[float | None], bool]] = {
        "high": lambda chance: chance is not None and chance >= 0.5,
        "middle": lambda chance: chance is not None and 0.2 <= chance < 0.5,
        "low": lambda chance: chance is not None and chance < 0.2,
        "none": lambda chance: chance is None,
    }
    assert chosen == sum(rules[risk](each) for each in Customer.objects.values_list("leaving", flat=True))
    assert sum(listing(Wanted(risk=each)).total or 0 for each in rules) == 300


def test_a_group_in_another_order_shows_the_same_people(many: None) -> None:
    Customer.objects.filter(at_risk=None).update(lifecycle="new")

    pages = [listing(Wanted(segment="lifecycle:new", order=order)) for order in finding.ORDERS]

    assert [page.total for page in pages] == [100, 100, 100]


@pytest.mark.parametrize("field", ["name_key", "initials", "id_key", "email"])
def test_a_beginning_is_answered_by_an_index(people: None, field: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own plan")

    plan = Customer.objects.filter(finding.begins(field, "a")).explain()

    assert "SEARCH" in plan and "USING" in plan


@pytest.mark.parametrize("order", list(finding.ORDERS))
def test_of_many_in_a_group_a_page_shows_the_same_as_of_few(
    many: None, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    Customer.objects.filter(pk__gt=50).update(rfm="loyal")
    asked = Wanted(segment="rfm:loyal", risk="high", order=order)
    few = listing(asked).lines

    monkeypatch.setattr(finding, "COUNTED", 5)

    assert listing(asked).lines == few


def test_a_mark_is_found_through_an_index(people: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own plan")

    plan = finding._marked("C-1", "c-1").explain()

    assert "SEARCH" in plan and "SCAN" not in plan


@pytest.mark.parametrize("order", list(finding.ORDERS))
def test_a_page_is_read_along_an_index_and_not_sorted(many: None, order: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own plan")
    following = listing(Wanted(order=order)).following

    with CaptureQueriesContext(connection) as asked:
        listing(Wanted(order=order, after=following))

    page = next(each["sql"] for each in asked.captured_queries if "LIMIT 51" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {page}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "USING INDEX customers_" in plan
    assert "TEMP B-TREE" not in plan
