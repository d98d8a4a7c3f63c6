"""Orders: who buys again, what customers are worth, what it cost to win them."""

from okaeri.metrics.buying import acquisition, concentration, repeat, value

__all__ = ["acquisition", "concentration", "repeat", "value"]
