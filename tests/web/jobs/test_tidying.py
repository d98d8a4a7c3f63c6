"""What is done by night so that nothing grows for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.jobs.tasks import KEPT_DAYS, tidy

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_jobs_and_sessions_that_ended_long_ago_are_forgotten() -> None:
    soon = timezone.now() + timedelta(days=1)
    for key, ends in (("old", LONG_AGO), ("new", soon)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    for key, ended in (("old", LONG_AGO), ("new", timezone.now() - timedelta(days=KEPT_DAYS - 1)), ("waits", None)):
        Job.objects.create(
            kind="tidy", key=key, state=JobState.DONE, asked_at=LONG_AGO, due_at=LONG_AGO, ended_at=ended
        )

    done = tidy({}, lambda share: None)

    assert done == {"tables": 0, "jobs": 1}
    assert set(Session.objects.values_list("session_key", flat=True)) == {"new"}
    assert set(Job.objects.values_list("key", flat=True)) == {"new", "waits"}
