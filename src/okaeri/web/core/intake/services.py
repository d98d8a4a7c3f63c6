"""What people do with files: bring one, choose how it is read, send mended rows again, take it away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.locks import held
from okaeri.facts.mending import Mended, mend
from okaeri.facts.reading.reasons import as_data
from okaeri.web.core.intake.arriving import Arrived, shown_name
from okaeri.web.core.intake.bringing import bring_in
from okaeri.web.core.intake.models import Upload
from okaeri.web.core.intake.places import quarantine_path, upload_path
from okaeri.web.core.intake.sentences import trouble_as_data
from okaeri.web.core.jobs.kinds import Progress
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.people import audit
from okaeri.web.core.people.models import User
from okaeri.web.core.shops import workspace


@transaction.atomic
def keep_upload(arrived: Arrived, *, by: User, now: datetime) -> Upload:
    """Write down that a file has come."""
    made = Upload.objects.create(
        id=arrived.upload_id, called=shown_name(arrived.name or ""), size=arrived.size or 0, at=now, by=by
    )
    audit.record(by, "upload.kept", about=made.called, at=now, size=made.size)
    return made


@transaction.atomic
def start_import(
    upload: Upload, *, table: str, mapping: Mapping[str, str], date_order: str, as_export: bool, by: User, now: datetime
) -> Upload:
    """Ask for the import of a file in the way somebody chose."""
    job = enqueue("import_file", now=now, key=f"import_file:{upload.pk}", asked_by=by, upload=str(upload.pk))
    upload.table, upload.mapping, upload.date_order, upload.as_export = table, dict(mapping), date_order, as_export
    upload.job, upload.summary, upload.trouble, upload.ended_at = job, None, None, None
    upload.save()
    audit.record(by, "upload.import_asked", about=upload.called, at=now, table=table)
    return upload


def import_upload(upload_id: uuid.UUID | str, *, now: datetime, progress: Progress) -> dict[str, Any]:
    """Do the import of a file, and write down what became of it; it may be done again."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:  # taken away meanwhile
        return {"landed": 0}
    try:
        kept = bring_in(
            upload_path(upload.pk), table=upload.table, mapping=upload.mapping, date_order=upload.date_order,
            as_export=upload.as_export, called=upload.called, now=now, progress=progress,
        )  # fmt: skip
    except OkaeriError as error:
        trouble = trouble_as_data(error, file=upload.called, path=upload.called)
        trouble["asks_date_order"] = type(error).__name__ == "DateOrderNeeded"
        Upload.objects.filter(pk=upload.pk).update(trouble=trouble, ended_at=now)
        return {"landed": 0}
    Upload.objects.filter(pk=upload.pk).update(
        summary=kept, quarantine=kept["quarantine"], mapping=kept["mapping"], ended_at=now, trouble=None
    )
    return {"landed": kept["new"] + kept["replaced"] + kept["unchanged"]}


def send_mended(upload: Upload, mended: Mapping[int, Mapping[str, str] | str], *, by: User, now: datetime) -> Mended:
    """Send rows of a file again that somebody mended; raises `OkaeriError` for rows that cannot be told apart."""
    if not mended:
        raise OkaeriError(_("Nothing was changed."), advice=_("Change a value first, then send it again."))
    quarantine = quarantine_path(upload.quarantine)
    with held(quarantine.with_suffix(".lock")):  # two who mend at once would each put back what the other took out
        told = mend(
            workspace(), upload_path(upload.pk), quarantine=quarantine, table=upload.table,
            mended=mended, now=now, mapping=upload.mapping, date_order=upload.date_order or None,
            as_export=upload.as_export, called=upload.called,
        )  # fmt: skip
        with transaction.atomic():
            _write_down(upload, told)
            audit.record(by, "quarantine.mended", about=upload.called, at=now, landed=told.landed, left=told.left)
    if told.landed:
        facts_landed.send(sender=None, tables=[upload.table], now=now)
    return told


def _write_down(upload: Upload, told: Mended) -> None:
    fresh = Upload.objects.select_for_update().get(pk=upload.pk)
    summary = fresh.summary or {}
    left_out = [as_data(each) for each in told.left_out]
    landed = summary.get("new", 0) + told.landed
    fresh.summary = {**summary, "new": landed, "quarantined": told.left, "left_out": left_out}
    fresh.save(update_fields=["summary"])


@transaction.atomic
def forget_upload(upload: Upload, *, by: User, now: datetime) -> None:
    """Take a file away; what was imported from it stays."""
    audit.record(by, "upload.removed", about=upload.called, at=now)
    path = upload_path(upload.pk)
    upload.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
