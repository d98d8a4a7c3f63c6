"""What pages are told of jobs and schedules; the rows themselves stay in this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from okaeri.base.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class JobSeen:
    """One job as a page tells it; `progress` is in 0..1."""

    id: str
    title: Text | str
    state: str
    state_name: Text
    progress: float
    what: Text | None
    advice: Text | None
    attempts: int
    asked_by: str
    asked_at: datetime
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    may_cancel: bool

    @property
    def percent(self) -> int:
        """Progress in whole per cent."""
        return round(100 * self.progress)

    @property
    def waits_again(self) -> bool:
        """Whether an earlier attempt broke and another one comes."""
        return self.state == "queued" and self.attempts > 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleSeen:
    """One schedule as a page tells it."""

    id: int
    title: Text | str
    every_minutes: int | None
    at_time: str
    is_on: bool
    next_at: datetime
    last_at: datetime | None
