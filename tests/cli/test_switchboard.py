"""`okaeri switchboard` on contracts that can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Okaeri

CONTRACTS = """subscription_id,customer_id,mrr,started_at,ended_at
1,Aki,2000,2024-01-05,
2,Chiyo,2000,2024-01-08,2024-02-20
3,Min-jun,3000,2024-01-12,
4,Nao,2000,2024-02-03,2024-02-24
5,Emi,2000,2024-03-14,
"""


@pytest.fixture
def contracts(okaeri: Okaeri) -> Okaeri:
    """Aki's subscribers: three at the start of February, Chiyo gone at its end, Nao in and out."""
    Path("contracts.csv").write_text(CONTRACTS, "utf-8")
    assert okaeri("init", "--zone", "Asia/Tokyo", "--currency", "JPY").code == 0
    assert okaeri("import", "contracts.csv", "--as", "subscriptions").code == 0
    return okaeri


def test_the_definitions_stand_side_by_side_with_their_reasons(contracts: Okaeri) -> None:
    said = contracts("switchboard")

    assert said.code == 0
    assert "Churn rate in 2024-02" in said.out and "Lifetime value in 2024-02" in said.out
    assert "1 of the 3 customers at the start were gone at the end" in said.out
    assert "Came and went inside the period: 1." in said.out


def test_a_program_gets_every_line_with_its_source(contracts: Okaeri) -> None:
    document = contracts("switchboard", "--period", "2024-02", "--json").document

    churn = {row["definition"]: row["value"] for row in document["lines"] if row["quantity"] == "churn"}
    assert (churn["opening_base"], churn["baremetrics"], churn["posthog"]) == (1 / 3, 2 / 3, 2 / 4)
    assert all(row["source"] and row["why"] for row in document["lines"])


@pytest.mark.parametrize(("lang", "word"), [("ja", "離脱率"), ("ko", "이탈률")])
def test_it_is_said_in_the_readers_language(contracts: Okaeri, lang: str, word: str) -> None:
    said = contracts("switchboard", "--lang", lang).out

    assert word in said
    assert "customers" not in said


def test_a_mistyped_period_length_is_answered_with_the_nearest(contracts: Okaeri) -> None:
    said = contracts("switchboard", "--by", "mnth")

    assert said.code == 2
    assert "month" in said.err


def test_an_empty_workspace_has_nothing_to_compare(okaeri: Okaeri) -> None:
    okaeri("init", "--zone", "Asia/Tokyo", "--currency", "JPY")

    assert okaeri("switchboard").code == 1


def test_shares_of_two_currencies_say_whose_they_are(okaeri: Okaeri) -> None:
    rows = CONTRACTS.splitlines()
    money = ["EUR", "EUR", "KRW", "EUR", "EUR"]
    text = "\n".join([rows[0] + ",currency", *(f"{row},{code}" for row, code in zip(rows[1:], money, strict=True))])
    Path("contracts.csv").write_text(text, "utf-8")
    okaeri("init", "--zone", "Asia/Tokyo", "--currency", "JPY")
    okaeri("import", "contracts.csv", "--as", "subscriptions")

    shown, triangles = okaeri("measure", "grr").out, okaeri("measure", "mrr_cohort").out

    assert "Currency" in shown and "KRW" in shown
    assert triangles.count("Weighted mean") == 2
