"""The loyalty programme: members, rewards, points and what they will cost."""

from okaeri.metrics.programme import members, points

__all__ = ["members", "points"]
