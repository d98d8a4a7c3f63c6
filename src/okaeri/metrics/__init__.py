"""What the facts mean: each metric is a declaration beside one static query.

`METRICS` holds every one of them by id; `measuring` answers questions with them.
"""

from okaeri.metrics.catalogue import METRICS, find
from okaeri.metrics.metric import Metric

__all__ = ["METRICS", "Metric", "find"]
