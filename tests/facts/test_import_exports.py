"""Exports of well-known products, from their own headers to the lake. The rows are invented, the headers are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from okaeri.facts.reading.exports.export import exports
from okaeri.facts.reading.exports.recognising import recognise
from okaeri.facts.workspace import Workspace
from tests.facts.imports import Import, counts, quarantine_of, rows


def sample(name: str) -> str:
    return (Path(__file__).parent / "exports" / f"{name}.csv").read_text("utf-8")


def test_an_order_of_several_items_counts_once_with_its_total(shop: Workspace, bring: Import) -> None:
    summary = bring(sample("shopify_orders"))

    assert counts(summary) == (5, 4, 0, 0, 1)
    assert rows(shop, "order_id, customer_id, amount, currency, kind") == [
        ("#1001", "aki@example.com", 5700.0, "JPY", "purchase"),
        ("#1002", "minjun@example.com", 2500.0, "JPY", "purchase"),
        ("#1003", "chiyo@example.com", 0.0, "JPY", "return"),
        ("#1004", "chiyo@example.com", 0.0, "JPY", "return"),
    ]


def test_what_was_recognised_and_passed_over_is_told(bring: Import) -> None:
    told = [str(note) for note in bring(sample("shopify_orders")).notes]

    assert told[0] == "This looks like Shopify’s export of orders."
    assert "Lines that only name further items of the order above, passed over: 1." in told
    assert "Payments that failed, wait or were called off before any money moved, passed over: 1." in told


def test_a_row_set_aside_is_named_by_its_line_in_the_file(bring: Import) -> None:
    set_aside = quarantine_of(bring(sample("shopify_orders")))

    assert [(row["line"], row["reason"]) for row in set_aside] == [("7", "no customer: E-mail address is empty")]


def test_the_same_export_again_changes_nothing(bring: Import) -> None:
    bring(sample("shopify_orders"))

    assert counts(bring(sample("shopify_orders"))) == (5, 0, 0, 4, 1)


def test_a_mapping_somebody_gave_for_an_export_is_kept_for_the_next_one(shop: Workspace, bring: Import) -> None:
    bring(sample("shopify_orders"), mapping={"amount": "Subtotal"})

    bring(sample("shopify_orders").replace("#100", "#200"))

    assert rows(shop, "order_id, amount")[4] == ("#2001", 5200.0)
    assert shop.mapping("orders") == {}


def test_an_export_can_be_read_as_any_other_file(shop: Workspace, bring: Import) -> None:
    plain = {"order_id": "Id", "customer_id": "Email", "ordered_at": "Created at", "amount": "Lineitem price"}

    summary = bring(sample("shopify_orders"), as_export=False, mapping=plain)

    assert not any("Shopify" in str(note) for note in summary.notes)
    assert summary.read == 7


def test_shopify_customers_are_named_as_their_orders_name_them(shop: Workspace, bring: Import) -> None:
    bring(sample("shopify_customers"), table="customers")

    assert rows(shop, "customer_id, attributes->>'Tags'", table="customers") == [
        ("7210448301123", None),
        ("aki@example.com", "vip"),
    ]


def test_stripe_amounts_are_major_units_less_what_was_refunded(shop: Workspace, bring: Import) -> None:
    summary = bring(sample("stripe_payments"))

    assert counts(summary) == (4, 4, 0, 0, 0)
    assert rows(shop, "order_id, customer_id, amount, currency, kind") == [
        ("ch_1", "cus_A", 19.0, "USD", "purchase"),
        ("ch_2", "cus_B", 1000.0, "USD", "purchase"),
        ("ch_4", "chiyo@example.com", 0.0, "EUR", "return"),
        ("ch_5", "cus_A", 0.0, "JPY", "return"),
    ]


def test_stripe_times_are_utc_wherever_the_shop_is(shop: Workspace, bring: Import) -> None:
    bring(sample("stripe_payments"))

    assert rows(shop, "ordered_at::timestamp::varchar")[:1] == [("2024-01-05 23:30:00",)]


def test_a_yearly_price_is_a_twelfth_of_it_a_month(shop: Workspace, bring: Import) -> None:
    summary = bring(sample("stripe_subscriptions"), table="subscriptions")

    assert counts(summary) == (2, 2, 0, 0, 0)
    assert rows(
        shop, "subscription_id, plan, mrr, ended_at::timestamp::varchar, end_reason", table="subscriptions"
    ) == [
        ("sub_1", "pro", 30.0, None, None),
        ("sub_2", "pro", 10.0, "2024-01-01 00:00:00", "too expensive"),
    ]


def test_stripe_customers_have_the_ids_that_payments_name(shop: Workspace, bring: Import) -> None:
    bring(sample("stripe_customers"), table="customers")

    found = rows(shop, "customer_id, joined_at::timestamp::varchar", table="customers")

    assert found == [("cus_A", "2023-12-31 23:00:00")]


def test_a_refund_at_the_till_is_a_return_of_its_own(shop: Workspace, bring: Import) -> None:
    summary = bring(sample("square_transactions"))

    assert counts(summary) == (4, 4, 0, 0, 0)
    assert rows(shop, "order_id, customer_id, amount, currency, kind") == [
        ("TX1", "CUST1", 27.0, "USD", "purchase"),
        ("TX1-refund-P1R", "CUST1", -12.0, "USD", "return"),
        ("TX2", "CUST2", 12.0, "USD", "purchase"),
    ]


def test_times_of_the_till_are_in_the_zone_the_file_names(shop: Workspace, bring: Import) -> None:
    bring(sample("square_transactions"))

    assert rows(shop, "ordered_at::timestamp::varchar")[:1] == [("2024-01-14 03:02:11",)]


def test_items_bought_together_are_one_order(shop: Workspace, bring: Import) -> None:
    summary = bring(sample("square_items"))

    assert counts(summary) == (4, 3, 0, 0, 1)
    assert rows(shop, "order_id, amount, currency, kind, ordered_at::timestamp::varchar") == [
        ("TX1", 3900.0, "JPY", "purchase", "2024-01-13 13:02:11"),
        ("TX1-refund-P1R", -1200.0, "JPY", "return", "2024-01-14 01:00:00"),
    ]


def test_a_reply_told_in_minutes_becomes_a_moment(shop: Workspace, bring: Import) -> None:
    summary = bring(sample("zendesk_tickets"), table="tickets")

    assert counts(summary) == (2, 2, 0, 0, 0)
    moments = ", ".join(f"{each}::timestamp::varchar" for each in ("opened_at", "first_reply_at", "resolved_at"))
    found = rows(shop, f"ticket_id, customer_id, channel, agent, {moments}, reopened", table="tickets")
    assert found == [
        ("41", "aki@example.com", "Mail", "Haru", "2024-01-05 00:00:00",
         "2024-01-05 01:30:00", "2024-01-06 01:00:00", 2),
        ("42", "9002", "Web form", None, "2024-01-07 14:30:00", None, None, 0),
    ]  # fmt: skip


def test_a_zone_in_the_header_is_the_zone_of_its_times(shop: Workspace, bring: Import) -> None:
    bring(sample("intercom_conversations"), table="tickets")

    assert rows(
        shop, "ticket_id, customer_id, opened_at::timestamp::varchar, resolved_at::timestamp::varchar", table="tickets"
    ) == [
        ("501", "aki@example.com", "2024-01-06 03:00:00", "2024-01-06 13:00:00"),
        ("502", "chiyo@example.com", "2024-01-06 15:00:00", None),
    ]


def test_an_abbreviated_zone_is_understood_where_it_means_one_place(shop: Workspace, bring: Import) -> None:
    bring(sample("intercom_contacts"), table="customers")

    found = rows(shop, "customer_id, joined_at::timestamp::varchar", table="customers")

    assert found == [("aki@example.com", "2016-05-11 16:09:08")]


def test_only_what_was_won_is_an_order(shop: Workspace, bring: Import) -> None:
    summary = bring(sample("salesforce_opportunities"))

    assert counts(summary) == (1, 1, 0, 0, 0)
    assert rows(shop, "order_id, customer_id, amount, currency") == [("006A1", "001A", 12000.0, "EUR")]
    assert {
        "Opportunities that are open or lost, passed over: 2.",
        "Rows that were deleted there, passed over: 1.",
    } <= {str(note) for note in summary.notes}


def test_a_report_of_opportunities_names_accounts(shop: Workspace, bring: Import) -> None:
    bring(sample("salesforce_opportunity_report"))

    assert rows(shop, "customer_id, amount, currency") == [("Komorebi", 1500.0, "USD")]


def test_deleted_accounts_are_no_customers(shop: Workspace, bring: Import) -> None:
    bring(sample("salesforce_accounts"), table="customers")

    found = rows(shop, "customer_id, attributes->>'Industry'", table="customers")

    assert found == [("001A", "Food")]


@pytest.mark.parametrize("name", sorted(exports()))
def test_every_export_is_recognised_as_itself(name: str) -> None:
    found = recognise(sample(name).partition("\n")[0].split(","))

    assert found is not None
    assert found.id == name


@pytest.mark.parametrize("name", sorted(exports()))
def test_an_export_is_known_by_more_than_its_vendor_would_share(name: str) -> None:
    headers = sample(name).partition("\n")[0].split(",")
    without = [[each for each in headers if each != gone] for gone in exports()[name].headers if gone in headers]

    assert without
    assert not [fewer for fewer in without if recognise(fewer) == exports()[name]]
