"""Every metric there is: importing this module fills the registry, family by family in the order people read."""

from __future__ import annotations

import okaeri.metrics.acquisition
import okaeri.metrics.cohorts
import okaeri.metrics.concentration
import okaeri.metrics.contacts
import okaeri.metrics.engagement
import okaeri.metrics.points
import okaeri.metrics.programme
import okaeri.metrics.repeat
import okaeri.metrics.retention
import okaeri.metrics.revenue
import okaeri.metrics.revenue_cohorts
import okaeri.metrics.revenue_value
import okaeri.metrics.scorecards
import okaeri.metrics.subscription_renewals
import okaeri.metrics.support
import okaeri.metrics.survival
import okaeri.metrics.usage_trend
import okaeri.metrics.value
import okaeri.metrics.voice
import okaeri.metrics.voice_answers
import okaeri.metrics.voice_groups
import okaeri.metrics.waiting  # noqa: F401
from okaeri.metrics.families import FAMILIES
from okaeri.metrics.metric import METRICS, find

_READ = [metric for family in FAMILIES for metric in METRICS.values() if metric.family == family]
METRICS.clear()
METRICS.update({metric.id: metric for metric in _READ})

__all__ = ["METRICS", "find"]
