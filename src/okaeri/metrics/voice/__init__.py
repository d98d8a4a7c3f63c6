"""Answers to surveys: scores, who did not answer, small groups."""

from okaeri.metrics.voice import answers, groups, scores

__all__ = ["answers", "groups", "scores"]
