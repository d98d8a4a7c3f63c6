"""Saved connections: kept, tried, fetched from when somebody asks or their time comes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.looking import Look, look_at
from okaeri.web.core.intake.bringing import bring_in
from okaeri.web.core.intake.kinds.catalogue import place_of
from okaeri.web.core.intake.kinds.kind import RUN, TRIAL, Limits
from okaeri.web.core.intake.models import Connection
from okaeri.web.core.intake.sealing import seal, unseal
from okaeri.web.core.intake.sentences import trouble_as_data
from okaeri.web.core.jobs.kinds import Progress
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import workspace, workspace_path, workspace_zone

EVERY = ("hourly", "daily", "weekly")


@transaction.atomic
def keep_connection(
    found: Connection | None, *, kind: str, name: str, values: Mapping[str, str], table: str,
    mapping: Mapping[str, str], date_order: str, every: str, at_time: str, weekday: int, by: User, now: datetime,
) -> Connection:  # fmt: skip
    """Save a connection; a secret left empty stays as it was. Raises `OkaeriError` for values that will not do."""
    place = place_of(kind)
    open_values, secrets = _apart(kind, values, found)
    place.check({**open_values, **secrets})
    kept = found or Connection(kind=kind, made_at=now, made_by=by)
    kept.name, kept.place, kept.secret, kept.table = name, open_values, seal(secrets), table
    kept.mapping, kept.date_order, kept.every, kept.at_time = dict(mapping), date_order, every, at_time
    kept.weekday, kept.next_sync_at = weekday, next_sync(every, at_time, weekday, after=now, zone=workspace_zone())
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise OkaeriError(
            _("There is a connection called {name} already.").format(name=name), advice=_("Give it another name.")
        ) from None
    audit.record(by, "connection.saved", about=name, at=now, kind=kind, table=table, every=every)
    return kept


def _apart(kind: str, values: Mapping[str, str], found: Connection | None) -> tuple[dict[str, str], dict[str, str]]:
    """What is shown, and what is kept secret; a password inside an address goes to the secrets."""
    fields = place_of(kind).fields
    given = {field.name: values.get(field.name, "").strip() for field in fields}
    kept = _kept_secrets(found)
    secrets = {field.name: given[field.name] or kept.get(field.name, "") for field in fields if field.secret}
    open_values = {field.name: given[field.name] for field in fields if not field.secret}
    if kind == "database":
        open_values["url"], inside = _without_password(open_values["url"])
        secrets["password"] = inside or secrets["password"]
    return open_values, {name: value for name, value in secrets.items() if value}


def _kept_secrets(found: Connection | None) -> dict[str, str]:
    """Those there are; one that can no longer be read counts as none, so that a new one can be entered."""
    try:
        return unseal(found.secret) if found else {}
    except OkaeriError:
        return {}


def _without_password(url: str) -> tuple[str, str]:
    from sqlalchemy.engine import make_url  # heavy: only where a database is asked
    from sqlalchemy.exc import ArgumentError

    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        return url, ""
    password = str(read.password or "") or str(read.query.get("password") or "")
    bare = read._replace(password=None).difference_update_query(["password"])
    return bare.render_as_string(hide_password=False), password


@transaction.atomic
def forget_connection(found: Connection, *, by: User, now: datetime) -> None:
    """Take a connection away with its secret; what it brought stays."""
    audit.record(by, "connection.removed", about=found.name, at=now)
    found.delete()


@transaction.atomic
def ask_to_sync(found: Connection, *, by: User | None, now: datetime) -> Job:
    """Ask for a run now."""
    job = enqueue("sync", now=now, key=f"sync:{found.pk}", asked_by=by, connection=found.pk)
    Connection.objects.filter(pk=found.pk).update(job=job)
    if by:
        audit.record(by, "connection.sync_asked", about=found.name, at=now)
    return job


def ask_for_due(*, now: datetime) -> int:
    """Ask for every connection whose time has come, each turn once; missed turns are not made up for."""
    asked = 0
    for each in Connection.objects.filter(next_sync_at__lte=now):
        turn = next_sync(each.every, each.at_time, each.weekday, after=now, zone=workspace_zone())
        with transaction.atomic():
            mine = Connection.objects.filter(pk=each.pk, next_sync_at=each.next_sync_at).update(next_sync_at=turn)
            if mine:
                ask_to_sync(each, by=None, now=now)
                asked += 1
    return asked


def sync_connection(connection_id: int, *, now: datetime, progress: Progress) -> dict[str, Any]:
    """Fetch, import, and write down what became of it; it may be done again."""
    found = Connection.objects.filter(pk=connection_id).first()
    if found is None:  # taken away meanwhile
        return {"landed": 0}
    try:
        with tempfile.TemporaryDirectory(prefix=".sync-", dir=workspace_path()) as folder:
            target = Path(folder) / "fetched"
            _fetch(found, target, RUN)
            progress(0.4)
            kept = bring_in(
                target, table=found.table, mapping=found.mapping, date_order=found.date_order, as_export=True,
                called=found.name, now=now, progress=lambda share: progress(0.4 + 0.6 * share),
            )  # fmt: skip
    except OkaeriError as error:
        trouble = trouble_as_data(error, file=found.name, path=found.name)
        Connection.objects.filter(pk=found.pk).update(trouble=trouble, last_at=now)
        return {"landed": 0}
    Connection.objects.filter(pk=found.pk).update(summary=kept, trouble=None, last_at=now)
    as_it_was = Connection.objects.filter(pk=found.pk, kind=found.kind, place=found.place, table=found.table)
    as_it_was.filter(mapping=found.mapping).update(
        mapping=kept["mapping"]
    )  # somebody may have set it up anew meanwhile
    return {"landed": kept["new"] + kept["replaced"] + kept["unchanged"]}


def try_connection(found: Connection) -> Look:
    """The first rows that would come; raises `OkaeriError` with what stood in the way."""
    with tempfile.TemporaryDirectory(prefix=".sync-", dir=workspace_path()) as folder:
        target = Path(folder) / "fetched"
        _fetch(found, target, TRIAL)
        return look_at(workspace(), target, table=found.table, rows=5)


def _fetch(found: Connection, target: Path, limits: Limits) -> None:
    place_of(found.kind).fetch({**found.place, **unseal(found.secret)}, target, limits)


def next_sync(every: str, at_time: str, weekday: int, *, after: datetime, zone: str) -> datetime | None:
    """The next turn after `after`, None for never; days and weeks turn at a local time, Monday is 0.

    Raises `OkaeriError` for a rhythm or a time that cannot be read.
    """
    if not every:
        return None
    if every == "hourly":
        return after + timedelta(hours=1)
    try:
        at = time.fromisoformat(at_time or "04:00")
    except ValueError:
        raise OkaeriError(
            _("{time!r} is no time of day.").format(time=at_time), advice=_("Write it like 03:30.")
        ) from None
    here = ZoneInfo(zone)
    today = after.astimezone(here).date()
    days = (today + timedelta(days=n) for n in range(9))
    return next(
        moment for day in days
        if (every == "daily" or day.weekday() == weekday) and (moment := _at(day, at, here)) > after
    )  # fmt: skip


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone)
