"""What contracts bring in per month: levels, movements, accounts, cohorts, renewals."""

from okaeri.metrics.revenue import accounts, cohorts, movements, renewals

__all__ = ["accounts", "cohorts", "movements", "renewals"]
