"""Use of the product: who is active, how steadily, and which way it goes."""

from okaeri.metrics.usage import active, trend

__all__ = ["active", "trend"]
