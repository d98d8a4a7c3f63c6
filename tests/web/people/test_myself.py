"""One's own account."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from okaeri.web.core.people.models import AuditEntry, User

Browsing = Callable[[User], Client]
CHOSEN = {"name": "Chiyo", "language": "ja", "zone": "Asia/Seoul", "theme": "dark"}


def test_what_somebody_chooses_shows_at_once(chiyo: User, browsing: Browsing) -> None:
    page = browsing(chiyo).post("/settings/me/", CHOSEN, follow=True).content.decode()

    assert '<html lang="ja" data-theme="dark"' in page
    assert "保存しました" in page
    assert AuditEntry.objects.get(verb="person.changed").detail == {"fields": ["language", "theme", "zone"]}


def test_saving_what_was_there_already_writes_nothing_down(chiyo: User, browsing: Browsing) -> None:
    browsing(chiyo).post("/settings/me/", {"name": "Chiyo", "language": "", "zone": "", "theme": ""})

    assert not AuditEntry.objects.filter(verb="person.changed").exists()


@pytest.mark.parametrize(
    "wrong", [{"zone": "Mars/Base"}, {"zone": "../etc/passwd"}, {"language": "xx"}, {"theme": "x"}]
)
def test_what_cannot_be_is_not_kept(wrong: dict[str, str], chiyo: User, browsing: Browsing) -> None:
    answer = browsing(chiyo).post("/settings/me/", CHOSEN | wrong)

    chiyo.refresh_from_db()
    assert answer.status_code == 400
    assert (chiyo.zone, chiyo.language, chiyo.theme) == ("", "", "")
    assert 'aria-invalid="true"' in answer.content.decode() or "theme" in wrong


def test_nobody_makes_themselves_an_owner(chiyo: User, browsing: Browsing) -> None:
    browsing(chiyo).post("/settings/me/", CHOSEN | {"role": "owner", "is_active": "1", "email": "x@y.example"})

    chiyo.refresh_from_db()
    assert (chiyo.role, chiyo.email) == ("viewer", "chiyo@komorebi.example")
