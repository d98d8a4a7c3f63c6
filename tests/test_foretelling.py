"""What is foretold is kept, taken up again while it is young, and learned anew when it cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import okaeri as ok
from okaeri import foretelling
from okaeri.base.text import use_language
from okaeri.foretelling import kept_risk_list, kept_value_forecast, past_days, replay_churn, risk_list
from okaeri.keeping import kept_churn, kept_value
from okaeri.shop import Shop
from tests.coffee import END, NOW, copied, opened


@pytest.fixture
def shop(foreseen: Path, tmp_path: Path) -> Shop:
    return copied(foreseen, tmp_path)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The same facts with nothing kept; nobody keeps anything here."""
    return opened(tmp_path_factory.mktemp("bare"))


def model_of(shop: Shop, name: str = "churn-90d") -> Path:
    return shop.workspace.path / "models" / f"{name}.json"


def scores(shop: Shop) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.ask(lambda measurer: measurer.engine.query("select * from scores").to_pylist())
    return found


def never(*_asked: Any, **_more: Any) -> Any:
    raise AssertionError("nothing may be learned here")


def test_what_is_learned_is_kept_as_json_and_what_it_says_as_facts(shop: Shop) -> None:
    kept = json.loads(model_of(shop).read_text("utf-8"))
    said = scores(shop)

    assert (kept["as_of"], kept["horizon_days"]) == (END.isoformat(), 90)
    assert {row["as_of"] for row in said} == {END}
    assert len(said) == len(risk_list(shop)) and not any(row["replayed"] for row in said)


def test_scores_and_labels_do_not_move_the_end_of_the_facts(shop: Shop, bare: Shop) -> None:
    assert shop.ask(lambda measurer: measurer.until()) == bare.ask(lambda measurer: measurer.until()) == END


def test_a_kept_model_is_used_and_says_what_was_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foretelling, "predict_leaving", never)
    monkeypatch.setattr("okaeri.predictions.clv.predict.learn_value", never)

    found = risk_list(shop)

    said = {row["customer_id"]: row["leaving"] for row in scores(shop)}
    told = shop.ask(lambda measurer: found.top(measurer.engine, n=len(found)))
    assert {each.customer_id: each.chance for each in told} == pytest.approx(said, abs=1e-12)


def test_a_kept_forecast_is_the_one_that_was_learned(shop: Shop) -> None:
    kept = shop.ask(lambda measurer: kept_value_forecast(shop, measurer))
    fresh = shop.predict_value(keep=False)

    assert kept is not None
    np.testing.assert_allclose(kept.value, fresh.value, rtol=1e-9)
    assert kept.choice.chosen == fresh.choice.chosen
    assert [row["candidate"] for row in kept.choice.as_rows()] == [row["candidate"] for row in fresh.choice.as_rows()]


def test_why_a_kept_forecast_was_chosen_is_told_in_the_language_of_now(shop: Shop) -> None:
    def told() -> str:
        kept = shop.ask(lambda measurer: kept_value(shop.workspace, measurer, horizon_days=365))
        return str(kept.choice.reason) if kept else ""

    with use_language("ja"):
        japanese = told()
        fresh = str(shop.predict_value(keep=False).choice.reason)

    assert japanese == fresh != told()


def aged(text: str, *, days: int = 36) -> str:
    return text.replace(END.isoformat(), (END - timedelta(days=days)).isoformat(), 1)


def of_tomorrow(text: str) -> str:
    return text.replace(END.isoformat(), (END + timedelta(days=1)).isoformat(), 1)


def of_another_rule(text: str) -> str:
    return json.dumps(json.loads(text) | {"presence": "orders:12d"})


def of_another_version(text: str) -> str:
    kept = json.loads(text)
    return json.dumps(kept | {"churn": kept["churn"] | {"leaving": kept["churn"]["leaving"] | {"version": 99}}})


SPOILT: dict[str, Callable[[str], str]] = {
    "too old": aged,
    "of later facts": of_tomorrow,
    "under another rule of presence": of_another_rule,
    "of another version": of_another_version,
    "half a file": lambda text: text[: len(text) // 2],
    "another document": lambda _text: "[1, 2]",
    "empty": lambda _text: "",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=list(SPOILT))
def test_a_kept_model_that_does_not_fit_is_not_used(shop: Shop, spoil: Callable[[str], str]) -> None:
    path = model_of(shop)
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")

    assert shop.ask(lambda measurer: kept_churn(shop.workspace, measurer, horizon_days=90)) is None
    assert shop.ask(lambda measurer: kept_risk_list(shop, measurer)) is None


def test_a_model_of_just_the_age_allowed_is_used(shop: Shop) -> None:
    path = model_of(shop)
    path.write_text(aged(path.read_text("utf-8"), days=35), "utf-8")

    assert shop.ask(lambda measurer: kept_churn(shop.workspace, measurer, horizon_days=90)) is not None


def test_what_cannot_be_read_is_learned_anew_and_left_alone(shop: Shop) -> None:
    model_of(shop).write_text("{", "utf-8")

    assert len(risk_list(shop)) > 50
    assert model_of(shop).read_text("utf-8") == "{"


def test_of_an_earlier_day_nothing_is_kept(bare: Shop) -> None:
    found = bare.predict_churn(cutoff=END - timedelta(days=30))

    assert found.leaving.model is not None
    assert not (bare.workspace.path / "models").exists() and "scores" not in bare.tables()


def test_as_of_an_earlier_moment_nothing_is_kept_and_nothing_kept_is_used(shop: Shop) -> None:
    before = {path: path.read_bytes() for path in (shop.workspace.path / "models").iterdir()}
    tables = shop.tables()
    then = ok.open(shop.workspace.path, clock=lambda: NOW, as_of=NOW + timedelta(minutes=1))

    then.predict_value()
    then.segments()

    assert then.ask(lambda measurer: kept_risk_list(then, measurer)) is None
    assert {path: path.read_bytes() for path in (shop.workspace.path / "models").iterdir()} == before
    assert shop.tables() == tables


def test_no_keep_keeps_nothing(bare: Shop) -> None:
    bare.predict_value(keep=False)
    bare.segments(keep=False)

    assert not (bare.workspace.path / "models").exists() and "labels" not in bare.tables()


def test_the_same_groups_land_once(shop: Shop) -> None:
    before = shop.tables()["labels"]

    shop.segments()

    assert shop.tables()["labels"] == before > 0


def test_by_value_and_risk_needs_a_kept_model(shop: Shop, bare: Shop) -> None:
    with_model, without = shop.segments(keep=False), bare.segments(keep=False)

    assert [each.scheme for each in with_model] == ["rfm", "lifecycle", "persona", "value_risk"]
    assert [each.scheme for each in without] == ["rfm", "lifecycle", "persona"]


@pytest.mark.parametrize("scheme", ["rfm", "lifecycle", "value_risk"])
def test_figures_split_by_the_groups_that_were_kept(shop: Shop, scheme: str) -> None:
    split = shop.measure("apv", by="year", segment=scheme)

    groups = {group.label for each in shop.segments(keep=False) if each.scheme == scheme for group in each.groups}
    assert groups & {measurement.segment for measurement in split.measurements}


def test_a_replay_is_marked_and_judged_by_what_came(shop: Shop) -> None:
    days = past_days(shop, horizon_days=90, count=1)

    told = replay_churn(shop, days=days)

    replayed = [row for row in scores(shop) if row["replayed"]]
    found = shop.how_good()
    assert days == (date(2024, 12, 1),) and len(replayed) == len(told[0]) > 0
    assert (found.n, found.replayed) == (len(replayed), len(replayed))
    assert found.waiting == len(risk_list(shop))


def test_a_silence_is_told_with_the_chance_that_the_customer_is_still_there(shop: Shop, bare: Shop) -> None:
    """With a kept model of purchases; without one the signal stands on its own."""
    with_model, without = (
        shop.signals(kinds=["silence"], within_days=90),
        bare.signals(kinds=["silence"], within_days=90),
    )

    assert with_model.signals
    told = [each for signal in with_model.signals for each in signal.because if each.metric == "p_alive"]
    assert len(told) == len(with_model.signals) and all(0 <= (each.value or 0) <= 1 for each in told)
    assert not any(each.metric == "p_alive" for signal in without.signals for each in signal.because)
