"""Every metric there is: importing this module fills the registry."""

from __future__ import annotations

import okaeri.metrics.cohorts
import okaeri.metrics.repeat
import okaeri.metrics.retention
import okaeri.metrics.survival
import okaeri.metrics.value  # noqa: F401
from okaeri.metrics.metric import METRICS, find

__all__ = ["METRICS", "find"]
