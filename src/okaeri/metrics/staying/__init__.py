"""Who stays and who leaves: retention and churn, cohorts, survival."""

from okaeri.metrics.staying import cohorts, retention, survival

__all__ = ["cohorts", "retention", "survival"]
