"""Nothing registered goes untested or undocumented."""

from __future__ import annotations

import re
from operator import attrgetter

import pytest
import sqlglot

from okaeri.base.text import use_language
from okaeri.metrics import METRICS
from okaeri.metrics.metric import Metric
from okaeri.metrics.reference import pages
from tests.structure.tree import ROOT, SOURCE

REFERENCE = ROOT / "docs" / "reference"
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=attrgetter("id"))


def test_the_metrics_that_people_were_promised_are_there() -> None:
    promised = """crr churn churn_to_acquisition churn_total_base churn_could_have churn_same_window cohort
        cohort_unbounded cohort_revenue survival repeat_rate repeat_to_one_time time_to_second apv apf customer_value
        lifespan clv_historical
        first_reply_time first_reply_time_business resolution_time resolution_time_business reply_p80 backlog
        reopened_rate repeat_issue_rate promise_kept contact_rate tickets_per_customer agent_scorecard
        active_customers stickiness lifecycle usage_trend"""

    assert set(promised.split()) <= set(METRICS)


def test_the_reference_pages_are_current() -> None:
    written = {path.relative_to(REFERENCE).as_posix(): path.read_text("utf-8") for path in REFERENCE.rglob("*.md")}

    assert written == pages(), "Run `python3 dev.py tidy`."


@every_metric
def test_a_metric_is_tested_by_name(metric: Metric) -> None:
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if "structure" not in path.parts]

    assert [path for path in tests if re.search(rf"\b{metric.id}\b", path.read_text("utf-8"))]


@every_metric
def test_a_metric_names_its_source_and_an_interval_and_is_explained_in_three_languages(metric: Metric) -> None:
    said = set()
    for language in ("en", "ja", "ko"):
        with use_language(language):
            said.add((str(metric.label), str(metric.definition), str(metric.formula)))

    assert len(said) == 3
    assert metric.source and metric.interval and metric.example.inputs


@every_metric
def test_a_query_is_static_text_that_another_engine_can_run(metric: Metric) -> None:
    translated = sqlglot.transpile(metric.sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)

    assert len(translated) == 1
    assert not re.search(r"[{}?]|%[s(]|\$\d", re.sub(r"--.*", "", metric.sql)), "Put it in an input table instead."


def test_every_query_of_a_metric_is_used() -> None:
    folder = SOURCE / "metrics" / "sql"
    queries = {path.relative_to(folder).as_posix() for path in folder.glob("*/*.sql") if path.parent.name != "prepare"}

    assert queries == {metric.query for metric in METRICS.values()}
