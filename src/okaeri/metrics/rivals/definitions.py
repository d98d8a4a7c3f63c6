"""The rival definitions: how each product says it reckons churn, retention and lifetime value, and where it says so.

Where a page leaves something open, the sentence on the line says what was taken instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.metrics.rivals import sentences as why
from okaeri.metrics.rivals.figures import Book, Evidence
from okaeri.metrics.rivals.measures import (
    baremetrics_ltv,
    baremetrics_nrr,
    chartmogul_ltv,
    daily_churn,
    gross_churn,
    net_churn,
    net_retention,
    opening_ltv,
    posthog_ltv,
    same_window_churn,
    turned,
)

Figuring = Callable[[Evidence, Book | None], Measurement]
Saying = Callable[[Evidence, Book | None], Text]

_STANDARD = "Opening-base standard: lost customers over customers at the start"
_CHARTMOGUL = "https://help.chartmogul.com/hc/en-us/articles/207340419-Churn-rate-formulas"
_CHARTMOGUL_MRR = "https://help.chartmogul.com/hc/en-us/articles/203359341-Metric-MRR-Churn-Rate"
_CHARTMOGUL_NET = "https://help.chartmogul.com/hc/en-us/articles/203359411-Cohort-Net-MRR-Retention"
_CHARTMOGUL_LTV = "https://help.chartmogul.com/hc/en-us/articles/203359061-Chart-Customer-Lifetime-Value-LTV"
_POSTHOG = (
    "https://github.com/PostHog/posthog.com/blob/3c227ff6b5067631dcdd8798e7d2057479d96d17"
    "/contents/docs/revenue-analytics/metrics.mdx"
)
_STRIPE = "https://support.stripe.com/questions/calculating-churn-rate-in-billing"
_BAREMETRICS = "https://changelog.baremetrics.com/churn-update-4pqo9O"
_BAREMETRICS_NRR = "https://changelog.baremetrics.com/new-metric-net-revenue-retention-2BOJIA"
_BAREMETRICS_LTV = "https://help.baremetrics.com/know-your-metrics/lifetime-value"


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """One product's way of reckoning one quantity; `money` ones have a line for each currency."""

    id: str
    quantity: str
    name: Text
    divides: Text
    source: str
    measure: Figuring
    why: Saying
    money: bool = False


DEFINITIONS = (
    Definition(
        id="opening_base",
        quantity="churn",
        name=_("Opening base"),
        divides=_("Lost customers / customers at the start"),
        source=_STANDARD,
        measure=lambda known, book: known.churn,
        why=why.says_opening,
    ),
    Definition(
        id="chartmogul_b2b",
        quantity="churn",
        name=_("ChartMogul, standard formula (B2B), customers"),
        divides=_("Churned customers / customers at the start"),
        source=_CHARTMOGUL,
        measure=lambda known, book: replace(known.churn, metric="chartmogul_b2b"),
        why=why.says_standard,
    ),
    Definition(
        id="chartmogul_b2b_gross_mrr",
        quantity="churn",
        name=_("ChartMogul, standard formula (B2B), gross MRR"),
        divides=_("(Churn + contraction MRR) / MRR at the start"),
        source=_CHARTMOGUL_MRR,
        measure=gross_churn,
        why=why.says_gross,
        money=True,
    ),
    Definition(
        id="chartmogul_b2b_net_mrr",
        quantity="churn",
        name=_("ChartMogul, standard formula (B2B), net MRR"),
        divides=_("(Churn + contraction − expansion − reactivation MRR) / MRR at the start"),
        source=_CHARTMOGUL_MRR,
        measure=net_churn,
        why=why.says_net,
        money=True,
    ),
    Definition(
        id="chartmogul_b2c",
        quantity="churn",
        name=_("ChartMogul, Shopify formula (B2C), customers"),
        divides=_("Sum over days of customers lost that day / customers at its start"),
        source=_CHARTMOGUL,
        measure=daily_churn,
        why=why.says_daily,
    ),
    Definition(
        id="posthog",
        quantity="churn",
        name=_("PostHog"),
        divides=_("Churned customers / total customers"),
        source=_POSTHOG,
        measure=lambda known, book: replace(known.total_base, metric="posthog"),
        why=why.says_total,
    ),
    Definition(
        id="stripe",
        quantity="churn",
        name=_("Stripe Billing"),
        divides=_("Churned subscribers / (subscribers at the start + new ones)"),
        source=_STRIPE,
        measure=lambda known, book: replace(known.total_base, metric="stripe"),
        why=why.says_stripe,
    ),
    Definition(
        id="baremetrics",
        quantity="churn",
        name=_("Baremetrics"),
        divides=_("Canceled customers, also those who signed up in the period / customers at the start"),
        source=_BAREMETRICS,
        measure=same_window_churn,
        why=why.says_same_window,
    ),
    Definition(
        id="opening_base_retention",
        quantity="retention",
        name=_("Opening base"),
        divides=_("Customers at both ends / customers at the start"),
        source=_STANDARD,
        measure=lambda known, book: replace(known.retention, metric="opening_base_retention"),
        why=why.says_retained,
    ),
    Definition(
        id="chartmogul_net_mrr_retention",
        quantity="retention",
        name=_("ChartMogul, net MRR retention (B2B)"),
        divides=_("(MRR at the start + expansion + reactivation − contraction − churn) / MRR at the start"),
        source=_CHARTMOGUL_NET,
        measure=net_retention,
        why=why.says_net_retention,
        money=True,
    ),
    Definition(
        id="chartmogul_b2c_retention",
        quantity="retention",
        name=_("ChartMogul, Shopify formula (B2C)"),
        divides=_("1 − sum of the daily churn rates"),
        source=_CHARTMOGUL,
        measure=lambda known, book: turned(daily_churn(known, book), "chartmogul_b2c_retention"),
        why=why.says_daily_retention,
    ),
    Definition(
        id="posthog_retention",
        quantity="retention",
        name=_("PostHog"),
        divides=_("1 − churned customers / total customers"),
        source=_POSTHOG,
        measure=lambda known, book: turned(known.total_base, "posthog_retention"),
        why=why.says_total_retention,
    ),
    Definition(
        id="baremetrics_nrr",
        quantity="retention",
        name=_("Baremetrics, net revenue retention"),
        divides=_("1 − (churned − expansion MRR) / MRR at the start"),
        source=_BAREMETRICS_NRR,
        measure=baremetrics_nrr,
        why=why.says_baremetrics_nrr,
        money=True,
    ),
    Definition(
        id="opening_base_ltv",
        quantity="ltv",
        name=_("Opening base"),
        divides=_("ARPA at the start × gross margin / churn of paying customers per month"),
        source=_STANDARD,
        measure=opening_ltv,
        why=why.says_opening_ltv,
        money=True,
    ),
    Definition(
        id="chartmogul_ltv",
        quantity="ltv",
        name=_("ChartMogul"),
        divides=_("ARPA / mean customer churn rate of the six months before"),
        source=_CHARTMOGUL_LTV,
        measure=chartmogul_ltv,
        why=why.says_chartmogul_ltv,
        money=True,
    ),
    Definition(
        id="posthog_ltv",
        quantity="ltv",
        name=_("PostHog"),
        divides=_("ARPU / (churned customers / total customers)"),
        source=_POSTHOG,
        measure=posthog_ltv,
        why=why.says_posthog_ltv,
        money=True,
    ),
    Definition(
        id="baremetrics_ltv",
        quantity="ltv",
        name=_("Baremetrics"),
        divides=_("MRR per customer / user churn"),
        source=_BAREMETRICS_LTV,
        measure=baremetrics_ltv,
        why=why.says_baremetrics_ltv,
        money=True,
    ),
)
