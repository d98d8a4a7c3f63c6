"""Measurements become figures: a finding, a definition, a drawing, words for those who cannot see it, a table.

Nothing here computes a metric; the drawing is a plain Vega-Lite specification.
"""

from okaeri.charts.choosing import figure_of
from okaeri.charts.figure import Figure, Table
from okaeri.charts.render import png, svg

__all__ = ["Figure", "Table", "figure_of", "png", "svg"]
