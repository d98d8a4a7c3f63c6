"""What the home page shows: the key figures, the first pictures, whom to say hello to, and what customers wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from okaeri.metrics.measuring import Measurer
from okaeri.predictions.risk import telling
from okaeri.reporting import Answers
from okaeri.reports.contents import Report
from okaeri.reports.outlook import AtRiskNow
from okaeri.reports.views import ReportView
from okaeri.shop import Shop
from okaeri.web.insights.cards import card_data, plain
from okaeri.web.insights.pages import PAGES

# the first picture of each kind that there is, in the order of the page
_PICTURES = {"stay": ("survival",), "cohorts": ("cohort",), "voice": ("nps", "csat", "score_distribution")}
_VOICES = 3
_VOICES_SQL = f"""
select customer_id, text, score, lower(instrument) as instrument,
       coalesce(scale, case lower(instrument) when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 else 10 end)
         as scale
from local_answers
where length(trim(text)) > 12 and answered_day is not null
order by answered_at desc, answer_id
limit {_VOICES}
"""


def morning(report: Report, view: ReportView, answers: Answers, *, parts: Mapping[str, Any]) -> dict[str, Any]:
    """The home page's reading in the current language; `parts` are the readings of the parts."""
    headline = [card_data(card, result=item.result) for card, item in zip(view.headline, report.headline, strict=True)]
    return {
        "headline": headline,
        "summary": _summary(view),
        "presence": view.presence,
        "hello": _hello(answers),
        "pictures": _pictures([card for part in parts.values() for card in part["cards"]]),
    }


def _summary(view: ReportView) -> dict[str, Any] | None:
    """The findings as words; each move leads to the page that tells more."""
    if view.summary is None:
        return None
    found: dict[str, Any] = plain(view.summary)
    for move in found["moves"]:
        name = next((page.name for page in PAGES.values() if move["part"] in page.parts), None)
        move["address"] = reverse(f"{name}-part", args=[move["part"]]) if name else ""
    return found


def voices(shop: Shop) -> list[dict[str, Any]]:
    """The latest answers in customers' own words; `low` marks a score that calls for help."""
    return shop.ask(_voices)


def _voices(measurer: Measurer) -> list[dict[str, Any]]:
    if "answers" not in measurer.facts.has:
        return []
    found = measurer.engine.query(_VOICES_SQL).to_pylist()
    return [
        {
            "customer": row["customer_id"],
            "text": row["text"],
            "score": None if row["score"] is None else f"{row['score']:g}",
            "low": row["score"] is not None and row["score"] <= 0.6 * row["scale"],
        }
        for row in found
    ]


def _pictures(cards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    drawn = [card for card in cards if card["drawings"] and card["question"]]
    found: dict[str, Any] = {}
    for name, metrics in _PICTURES.items():
        of_metric = [card for metric in metrics for card in drawn if card["question"]["metric"] == metric]
        if of_metric:
            found[name] = of_metric[0]
    return found


def _hello(answers: Answers) -> list[dict[str, Any]]:
    """Whom to say hello to today: those at risk, the most valuable first, with the reason and the next step."""
    leaving = answers.outlook.leaving
    if not isinstance(leaving, AtRiskNow):
        return []
    return [
        {
            "customer": each.customer_id,
            "chance": telling.chance_of(each),
            "days": leaving.found.leaving.horizon_days,
            "interval": telling.around(each),
            "at_risk": telling.at_risk_of(each),
            "why": str(each.reasons.leaving[0].says if each.reasons.leaving else next(iter(each.reasons.told()), "")),
            "step": str(each.step),
        }
        for each in leaving.told
    ]
