"""The news that facts have landed: whoever brings them in says so, whoever shows them listens."""

from __future__ import annotations

from django.dispatch import Signal

facts_landed = Signal()
"""Sent with `tables`, a list of names, and `now`, once new facts are in the lake."""
