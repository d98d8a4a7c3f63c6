"""`okaeri measure`, `metrics` and `explain` on a shop that can be counted by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from okaeri.demo.building import build
from okaeri.metrics import METRICS
from tests.cli.conftest import Okaeri

KEYS = ["metric", "version", "cutoff", "rows"]
ROW = ["period_start", "period_end", "segment", "value", "n", "low", "high", "state", "reason", "inputs"]
CRR_INPUTS = {"cs", "ce", "cn", "acquired", "returned", "retained", "lost", "came_and_went"}


def test_a_measurement_has_the_keys_that_are_promised(shop: Okaeri) -> None:
    document = shop("measure", "crr", "--by", "month", "--json").document

    assert list(document)[: len(KEYS)] == KEYS
    assert all(list(row)[: len(ROW)] == ROW for row in document["rows"])
    assert all(set(row["inputs"]) == CRR_INPUTS for row in document["rows"])


def test_retention_is_the_one_counted_by_hand(shop: Okaeri) -> None:
    """On 1 February Aki, Min-jun and Chiyo had bought within 31 days; of them Chiyo had not by 1 March."""
    rows = shop("measure", "crr", "--by", "month", "--json").document["rows"]

    february = next(row for row in rows if row["period_start"] == "2024-02-01")
    assert february["inputs"] | {} == {
        "cs": 3,
        "ce": 2,
        "cn": 0,
        "acquired": 0,
        "returned": 0,
        "retained": 2,
        "lost": 1,
        "came_and_went": 0,
    }
    assert february["value"] == pytest.approx(2 / 3)
    assert february["state"] == "complete"


def test_a_period_that_is_not_over_is_marked_and_named(shop: Okaeri) -> None:
    shown = shop("measure", "crr", "--by", "month").out

    assert "▒" in shown
    assert "partial" in shown


def test_the_day_of_to_is_no_longer_measured(shop: Okaeri) -> None:
    rows = shop("measure", "crr", "--from", "2024-02-01", "--to", "2024-03-01", "--json").document["rows"]

    assert [row["period_start"] for row in rows] == ["2024-02-01"]


def test_the_customers_behind_a_figure_are_listed(shop: Okaeri) -> None:
    document = shop("measure", "crr", "--by", "month", "--customers", "lost", "--json").document

    assert (document["period_start"], document["customers"]) == ("2024-02-01", ["Chiyo"])


def test_the_query_is_printed_alone_after_the_views_it_reads(shop: Okaeri) -> None:
    shown = shop("measure", "crr", "--sql")

    assert shown.out.strip().endswith(METRICS["crr"].sql.strip())
    assert re.findall(r"create view (\w+) as", shown.out) == [
        "activity",
        "presence",
        "customer_spans",
        "segments",
        "lives",
    ]


@pytest.fixture(scope="session")
def komorebi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's workspace, which has facts of every kind."""
    return build(tmp_path_factory.mktemp("demo") / "komorebi", now=datetime(2026, 10, 18, tzinfo=UTC)).path


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_shown_and_printed(okaeri: Okaeri, komorebi: Path, metric: str) -> None:
    line = ("measure", metric, "--by", "year", "--workspace", str(komorebi))
    split = ("--segment", "agent") if metric.endswith("_ranked") else ()

    shown, printed = okaeri(*line, *split), okaeri(*line, *split, "--json")

    assert (shown.code, printed.code) == (0, 0)
    assert str(METRICS[metric].label) in shown.out
    assert printed.document["metric"] == metric
    assert any(row["value"] is not None for row in printed.document["rows"])


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        (["crm"], "crr"),
        (["crr", "--by", "fortnight"], "okaeri measure --help"),
        (["crr", "--from", "yesterday"], "2024-01-31"),
        (["crr", "--presence", "orders:often"], "orders:90d"),
        (["crr", "--customers", "gone"], "okaeri measure --help"),
    ],
)
def test_a_question_that_cannot_be_asked_ends_with_2(shop: Okaeri, line: list[str], advice: str) -> None:
    refused = shop("measure", *line, "--json")

    assert refused.code == 2
    assert refused.document["error"]
    assert advice in refused.document["advice"]


@pytest.mark.parametrize("command", ["measure", "report"])
def test_the_help_of_a_segment_names_what_may_be_used(okaeri: Okaeri, command: str) -> None:
    words = " ".join(okaeri(command, "--help").out.split())

    assert "an attribute of the customers, or plan or end_reason of their latest subscription" in words


def test_metrics_lists_the_whole_registry(okaeri: Okaeri) -> None:
    listed = [row["metric"] for row in okaeri("metrics", "--json").document["metrics"]]

    assert listed == list(METRICS)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_every_metric_is_explained_in_every_language(okaeri: Okaeri, metric: str, language: str) -> None:
    explained = okaeri("explain", metric, "--lang", language)

    assert explained.code == 0
    assert METRICS[metric].source.split()[0] in explained.out


def test_an_explanation_has_the_workspaces_own_figure(shop: Okaeri) -> None:
    explained = shop("explain", "crr", "--json").document

    assert explained["latest"]["value"] == pytest.approx(2 / 3)
    assert "churn" in [rival["metric"] for rival in explained["rivals"]]


def test_an_explanation_needs_no_workspace(okaeri: Okaeri) -> None:
    assert okaeri("explain", "crr", "--json").document["latest"] is None


@pytest.mark.parametrize(("language", "words"), [("en", "Period"), ("ja", "期間"), ("ko", "기간")])
def test_figures_are_shown_in_three_languages(shop: Okaeri, language: str, words: str) -> None:
    assert words in shop("measure", "crr", "--lang", language).out
