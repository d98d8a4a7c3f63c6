"""Every metric there is: importing this module fills the registry, family by family in the order people read."""

from __future__ import annotations

from okaeri.metrics import buying, programme, revenue, staying, support, usage, voice
from okaeri.metrics.families import FAMILIES
from okaeri.metrics.metric import METRICS, find

ROOMS = (staying, revenue, buying, voice, support, usage, programme)
_READ = [metric for family in FAMILIES for metric in METRICS.values() if metric.family == family]
METRICS.clear()
METRICS.update({metric.id: metric for metric in _READ})

__all__ = ["METRICS", "ROOMS", "find"]
