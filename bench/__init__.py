"""Benchmarks: the same answers by Okaeri and by others, in one run, as ratios."""
