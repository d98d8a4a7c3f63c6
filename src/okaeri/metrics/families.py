"""The families metrics belong to, in the order people read them."""

from __future__ import annotations

from okaeri.base.text import Text, _

FAMILIES: dict[str, Text] = {
    "retention": _("Retention and churn"),
    "cohorts": _("Cohorts"),
    "survival": _("How long customers stay"),
    "revenue": _("Subscription revenue"),
    "repeat": _("Repeat purchase"),
    "value": _("What customers are worth"),
    "acquisition": _("Winning customers"),
    "voice": _("What customers say"),
    "support": _("Support"),
    "engagement": _("Use of the product"),
    "programme": _("Loyalty programme"),
}
