"""The next step answers the strongest reason, and there is none where nothing points to leaving."""

from __future__ import annotations

from okaeri.base.text import Text
from okaeri.predictions.churn.examples import Feature
from okaeri.predictions.risk.steps import ASK, BY_FEATURE, BY_THEME, NONE_NEEDED, next_step


def _feature(name: str, theme: str) -> Feature:
    return Feature(id=name, name=Text(name), says=lambda _value: Text(name), theme=theme)


def test_a_feature_with_a_step_of_its_own_goes_before_its_theme() -> None:
    ended = _feature("end_reason", "contract")

    assert next_step([ended], chance=0.5, usual=0.1) == BY_FEATURE["end_reason"]
    assert next_step([_feature("mrr", "contract")], chance=0.5, usual=0.1) == BY_THEME["contract"]


def test_every_topic_of_a_ticket_calls_for_the_same_step() -> None:
    late = _feature("tickets_90d:late_delivery", "support")

    assert next_step([late], chance=0.5, usual=0.1) == BY_FEATURE["tickets_90d:"]


def test_a_reason_that_calls_for_nothing_leaves_the_word_to_the_next() -> None:
    reasons = [_feature("tenure_days", "tenure"), _feature("nps_last", "voice")]

    assert next_step(reasons, chance=0.5, usual=0.1) == BY_THEME["voice"]
    assert next_step(reasons[:1], chance=0.5, usual=0.1) == ASK


def test_who_is_less_likely_to_leave_than_most_needs_no_step() -> None:
    assert next_step([_feature("nps_last", "voice")], chance=0.05, usual=0.1) == NONE_NEEDED
