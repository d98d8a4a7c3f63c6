"""The commands that look ahead: in words, as one document, in three languages, with advice where there is no answer."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from okaeri import shop as okaeri_shop
from tests.cli.conftest import Okaeri, Ran
from tests.coffee import END, NOW

COMMANDS = ("predict", "signals", "customer", "segments", "backtest")
LANGUAGES = ("en", "ja", "ko")


@pytest.fixture
def coffee(okaeri: Okaeri, foreseen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Okaeri:
    """Run `okaeri` beside a copy of the coffee shop whose models are kept, on the day they were."""
    monkeypatch.setattr("okaeri.shop.open", partial(okaeri_shop.open, clock=lambda: NOW))
    shutil.copytree(foreseen, tmp_path / "okaeri-workspace")
    return okaeri


def first_of(ran: Ran) -> str:
    """The customer who is most at risk."""
    return str(ran.document["list"][0]["customer_id"])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_there_in_every_language(okaeri: Okaeri, command: str, lang: str) -> None:
    said = okaeri(command, "--help", "--lang", lang)

    assert said.code == 0
    assert f"okaeri {command}" in said.out
    assert (lang == "en") == said.out.isascii() or lang == "en"


def test_who_may_leave_is_told_with_chance_reasons_step_and_card(coffee: Okaeri) -> None:
    said = coffee("predict", "churn", "--top", "3", "--no-keep")

    assert said.code == 0
    assert f"Who may leave within 90 days of {END}" in said.out
    assert said.out.count("→") == 3
    assert said.out.count("What speaks for") + said.out.count("Nothing known about this customer") >= 3
    assert "How far to trust this" in said.out and "Base rate alone" in said.out and "not proven causes" in said.out


def test_who_may_leave_is_one_document_whose_customer_has_a_page(coffee: Okaeri) -> None:
    document = coffee("predict", "churn", "--top", "2", "--json", "--lang", "ja")
    page = coffee("customer", first_of(document), "--json")

    row, card = document.document["list"][0], document.document["card"]
    assert len(document.document["list"]) == 2 and row["next_step"] and 0 <= row["leaving"] <= 1
    assert card["judgement"]["auc"]["value"] > card["base_rate"]["auc"]["value"]
    assert page.document["risk"]["leaving"] == pytest.approx(row["leaving"])
    assert page.document["health"]["score"] == pytest.approx(100 * (1 - row["leaving"]))
    assert page.document["health_history"] and page.document["story"]


def test_a_customers_page_reads_as_a_story(coffee: Okaeri) -> None:
    said = coffee("customer", "C00000007")

    assert said.code == 0
    assert said.out.startswith("C00000007") and "What happened" in said.out


def test_what_customers_bring_has_ranges_and_says_how_the_ways_did(coffee: Okaeri) -> None:
    said = coffee("predict", "clv", "--horizon", "90", "--top", "2", "--no-keep")

    assert said.code == 0
    assert "90% range" in said.out and "How they did on this shop's own past" in said.out
    assert said.out.count("¥") > 5


def test_what_customers_bring_is_one_document(coffee: Okaeri) -> None:
    document = coffee("predict", "clv", "--horizon", "30", "--json").document

    assert document["totals"]["spend"]["low"] <= document["totals"]["spend"]["value"]
    assert document["choice"]["chosen"] and document["standings"] and document["list"]


def test_signals_are_counted_by_kind_with_the_verdict_of_their_past(coffee: Okaeri) -> None:
    said = coffee("signals", "--limit", "2")
    cards = coffee("signals", "--cards")

    assert said.code == cards.code == 0
    assert "Verdict" in said.out and said.out.count("→") == 2
    assert "Signals judged" in cards.out and "not what causes it" in cards.out


def test_a_silenced_kind_is_counted_and_shown_no_more_until_it_is_wanted_again(coffee: Okaeri) -> None:
    kind = coffee("signals", "--json").document["signals"][0]["kind"]
    silenced = coffee("signals", "--silence", "--kind", kind, "--until", "2025-06-01", "--json").document
    hidden = coffee("signals", "--json").document
    coffee("signals", "--unsilence", "--kind", kind)
    again = coffee("signals", "--json").document

    assert [each["kind"] for each in silenced["silences"]] == [kind]
    assert hidden["silenced"][kind] > 0 and kind not in {each["kind"] for each in hidden["signals"]}
    assert again["silenced"] == {} and again["counts"][kind] == hidden["silenced"][kind]


def test_groups_are_told_with_their_middle_and_split_a_figure(coffee: Okaeri) -> None:
    said = coffee("segments")
    split = coffee("measure", "apv", "--by", "year", "--segment", "rfm")

    assert said.code == split.code == 0
    assert "Days since the last order" in said.out and "Champions" in said.out
    assert "Champions" in split.out


def test_groups_are_one_document(coffee: Okaeri) -> None:
    document = coffee("segments", "--no-keep", "--json").document

    assert document["kept"] is False
    assert {each["scheme"] for each in document["segments"]} == {"rfm", "lifecycle", "persona", "value_risk"}


def test_before_a_horizon_is_over_the_record_says_what_it_waits_for(coffee: Okaeri) -> None:
    said, document = coffee("backtest"), coffee("backtest", "--json").document

    assert said.code == 0
    assert "still wait for their horizon to end" in said.out
    assert document["n"] == 0 and document["waiting"] > 0 and "2025-05-30" in document["reason"]


def test_a_replay_is_shown_month_by_month_and_marked(coffee: Okaeri) -> None:
    said = coffee("backtest", "--replay", "1")

    assert said.code == 0
    assert "2024-12 ↺" in said.out and "were replayed" in said.out


def test_too_little_to_learn_from_is_an_answer_not_an_error(shop: Okaeri) -> None:
    said = shop("predict", "churn")
    document = shop("predict", "churn", "--json").document

    assert said.code == 0
    assert "Not enough" in said.out
    assert document["card"] is None and document["reason"] and document["list"] == []


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        (("predict", "chrun"), "churn"),
        (("predict", "churn", "--horizon", "0"), "from 1 to 3,650"),
        (("predict", "clv", "--horizon", "0"), "from 1"),
        (("predict", "uplift", "--experiment", "offer", "--arms", "letter"), "Name the two arms"),
        (("signals", "--kind", "late_replies"), "late_reply"),
        (("signals", "--unsilence", "--kind", "late_reply"), "lists what is"),
        (("customer", "Akki"), "Aki"),
    ],
    ids=" ".join,
)
def test_a_line_to_be_written_differently_ends_with_two_and_advice(
    shop: Okaeri, line: tuple[str, ...], advice: str
) -> None:
    said = shop(*line)

    assert said.code == 2
    assert advice in said.err and said.out == ""


def test_an_error_is_one_document_too(shop: Okaeri) -> None:
    said = shop("customer", "Nobody-of-that-name", "--json")

    assert said.code == 2
    assert set(said.document) == {"error", "advice"}


@pytest.mark.parametrize("line", [("predict", "churn"), ("predict", "clv"), ("signals",), ("backtest",), ("segments",)])
def test_an_empty_workspace_has_nothing_to_look_ahead_from(okaeri: Okaeri, line: tuple[str, ...]) -> None:
    okaeri("init", "--zone", "Asia/Tokyo", "--currency", "JPY")

    assert okaeri(*line).code == 1


@pytest.mark.parametrize("lang", ["ja", "ko"])
def test_screens_are_in_the_readers_language(coffee: Okaeri, lang: str) -> None:
    for line in (("signals",), ("segments", "--no-keep"), ("backtest",), ("predict", "clv", "--no-keep")):
        said = coffee(*line, "--lang", lang).out

        assert "customers" not in said and "Customer" not in said
