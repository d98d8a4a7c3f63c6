"""Work of this room behind the pages: mails that are due, and figures that are watched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from okaeri.base.text import _
from okaeri.web.core.jobs.kinds import Progress, job
from okaeri.web.core.jobs.schedules import recurring
from okaeri.web.insights.boards.mailing import send_report
from okaeri.web.insights.boards.services import refresh_tiles, take_due
from okaeri.web.insights.boards.watching import look_at_all, mail_ring


@job("send_due_reports", title=_("Looking for reports that are due"), patient=True)
def send_due(arguments: Mapping[str, Any], progress: Progress) -> list[int]:
    """Hand over every planned report whose time has come."""
    return take_due(now=datetime.now(UTC))


recurring("reports by mail", kind="send_due_reports", every_minutes=5)


@job("send_report", title=_("Sending a report by mail"))
def send(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Write one planned report and send it."""
    return send_report(int(arguments["plan"]), turn=arguments["turn"], now=datetime.now(UTC))


@job("watch_alerts", title=_("Looking at the figures that are watched"))
def watch_alerts(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Judge the newest complete period of every figure that is watched."""
    return look_at_all(now=datetime.now(UTC), progress=progress)


@job("mail_alert", title=_("Sending the mail of an alert"))
def mail_alert(arguments: Mapping[str, Any], progress: Progress) -> bool:
    """Say by mail that an alert rang."""
    return mail_ring(int(arguments["ring"]), now=datetime.now(UTC))


@job("refresh_dashboards", title=_("Bringing dashboards up to date"), patient=True)
def refresh_dashboards(arguments: Mapping[str, Any], progress: Progress) -> int:
    """Have the figures of all dashboards measured that are of facts as they were."""
    return refresh_tiles(now=datetime.now(UTC))
