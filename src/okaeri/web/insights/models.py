"""What jobs measured, kept as words and drawings that a page only has to lay out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Reading(models.Model):
    """One part of a page in one language; `state` tells which facts it was measured on, `cutoff` up to which day."""

    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=64)
    cutoff = models.DateField(null=True)
    made_at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        """One reading per part and language."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name", "language"], name="one_reading_per_part_and_language")
        ]
