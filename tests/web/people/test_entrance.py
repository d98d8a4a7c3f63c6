"""Coming in: the first owner, and invitations."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from okaeri.base.errors import OkaeriError
from okaeri.facts.workspace import Workspace
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.people import services
from okaeri.web.core.people.models import AuditEntry, FirstOwner, Invitation, User
from okaeri.web.core.people.queries import nobody_yet
from okaeri.web.core.people.roles import Role

NOW = datetime(2025, 3, 1, tzinfo=UTC)
AKI = {"name": "Aki", "email": "Aki@Komorebi.example", "password": "warm cups in winter", "language": "ja"}
AKI |= {"shop": "Komorebi Tea", "shop_zone": "Asia/Seoul", "currency": "krw"}
HARU = {"name": "Haru", "password": "warm cups in winter", "language": "ko"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/retention/", "/settings/me/", "/account/login/", "/admin/", "/data/"])
def test_while_nobody_is_there_every_page_leads_to_the_first_owner(path: str) -> None:
    answer = Client().get(path)

    assert answer.headers["Location"] == "/setup/"


@pytest.mark.django_db
def test_the_first_owner_comes_in_signed_in_and_is_written_down() -> None:
    browser = Client()

    answer = browser.post("/setup/", AKI)

    owner = User.objects.get()
    assert answer.headers["Location"] == "/"
    assert (owner.email, owner.role, owner.language) == ("aki@komorebi.example", Role.OWNER, "ja")
    assert browser.session["_auth_user_id"] == str(owner.pk)
    assert AuditEntry.objects.earliest("pk").verb == "house.opened"


@pytest.mark.django_db
def test_the_first_owner_says_where_and_in_what_the_shop_counts(workspace: Path) -> None:
    Client().post("/setup/", AKI)

    found = Workspace.open(workspace).settings
    assert (found.name, found.zone, found.currency) == ("Komorebi Tea", "Asia/Seoul", "KRW")
    assert AuditEntry.objects.latest("pk").verb == "settings.changed"
    assert not Job.objects.exists()  # there is nothing to measure yet


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "currency", "language", "shown"),
    [
        ("UTC", "", "ja", ("Asia/Tokyo", "JPY")),
        ("UTC", "", "ko", ("Asia/Seoul", "KRW")),
        ("UTC", "", "en", ("UTC", "")),
        ("Europe/Paris", "EUR", "ja", ("Europe/Paris", "EUR")),
    ],
)
def test_the_clock_and_the_currency_of_most_readers_are_offered_where_none_was_chosen(
    workspace: Path, zone: str, currency: str, language: str, shown: tuple[str, str]
) -> None:
    opened = Workspace.open(workspace)
    opened.save(replace(opened.settings, zone=zone, currency=currency))

    page = Client(headers={"Accept-Language": language}).get("/setup/").content.decode()

    assert re.findall(r'name="(?:shop_zone|currency)" type="text" value="([^"]*)"', page) == list(shown)


@pytest.mark.django_db
def test_a_currency_that_is_none_makes_nobody() -> None:
    answer = Client().post("/setup/", AKI | {"currency": "xqx"})

    assert "XQX" in answer.content.decode()
    assert nobody_yet()


def test_once_there_is_somebody_the_first_page_is_closed(aki: User) -> None:
    answer = Client().post("/setup/", AKI | {"email": "chiyo@elsewhere.example"})

    assert answer.headers["Location"] == "/account/login/"
    assert User.objects.count() == 1


def test_of_two_first_owners_at_once_one_wins(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second asked whether anybody is there before the first was written."""
    services.open_house(services.Newcomer(name="Aki", password="warm cups"), email="aki@komorebi.example", now=NOW)
    monkeypatch.setattr(services, "nobody_yet", lambda: True)
    late = services.Newcomer(name="Chiyo", password="warm cups")

    with pytest.raises(OkaeriError, match="ask an owner for an invitation"):
        services.open_house(late, email="chiyo@elsewhere.example", now=NOW)

    assert [person.name for person in User.objects.all()] == ["Aki"]
    assert FirstOwner.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "password123", "akiakikomorebi"])
def test_a_password_that_is_easy_to_guess_makes_nobody(password: str) -> None:
    answer = Client().post("/setup/", AKI | {"password": password, "name": "akiakikomorebi"})

    assert answer.status_code == 400
    assert nobody_yet()


def invited(by: User, *, now: datetime | None = None, role: Role = Role.AGENT) -> services.Invited:
    return services.invite(by, email="Haru@komorebi.example", role=role, language="ja", now=now or timezone.now())


def test_the_link_is_shown_once_and_only_its_hash_is_kept(aki: User, browsing: Callable[[User], Client]) -> None:
    page = browsing(aki).post(
        "/settings/people/invite/", {"email": "haru@komorebi.example", "role": "agent", "language": "ja"}
    )

    link = next(word for word in page.content.decode().split(">") if word.startswith("http://127.0.0.1:8765/join/"))
    token = link.split("/join/")[1].split("/")[0]
    kept = Invitation.objects.values().get()
    assert token not in str(kept)
    assert Client().get(f"/join/{token}/").status_code == 200
    assert AuditEntry.objects.filter(verb="person.invited").get().detail == {"role": "agent"}


def test_looking_at_an_invitation_uses_nothing_up_and_accepting_signs_in(aki: User) -> None:
    token, browser = invited(aki).token, Client()
    for _look in range(3):
        assert browser.get(f"/join/{token}/").status_code == 200

    answer = browser.post(f"/join/{token}/", HARU)

    haru = User.objects.get(email="haru@komorebi.example")
    assert answer.headers["Location"] == "/"
    assert (haru.name, haru.role, haru.language) == ("Haru", Role.AGENT, "ko")
    assert browser.session["_auth_user_id"] == str(haru.pk)
    assert Client().post(f"/join/{token}/", HARU | {"name": "Chiyo"}).status_code == 410


def test_an_invitation_opens_in_the_language_it_was_made_for(aki: User) -> None:
    page = Client().get(f"/join/{invited(aki).token}/").content.decode()

    assert '<html lang="ja"' in page


def test_an_invitation_speaks_one_language_also_of_mistakes(aki: User) -> None:
    browser = Client(headers={"accept-language": "ko"})

    page = browser.post(f"/join/{invited(aki).token}/", HARU | {"password": "short"}).content.decode()

    assert "パスワード" in page
    assert "비밀번호" not in page


def test_an_invitation_without_a_language_speaks_the_browsers(aki: User) -> None:
    made = services.invite(aki, email="haru@x.example", role=Role.AGENT, language="", now=timezone.now())

    page = Client(headers={"accept-language": "ko"}).get(f"/join/{made.token}/").content.decode()

    assert '<html lang="ko"' in page


def test_an_invitation_ends_after_seven_days(aki: User) -> None:
    made = invited(aki, now=NOW)
    newcomer = services.Newcomer(name="Haru", password="warm cups")

    with pytest.raises(OkaeriError, match="Ask an owner"):
        services.accept_invitation(made.invitation, newcomer, now=NOW + timedelta(days=7))

    assert Client().get(f"/join/{made.token}/").status_code == 410
    assert User.objects.count() == 1


def test_an_invitation_that_was_taken_back_opens_nothing(aki: User, browsing: Callable[[User], Client]) -> None:
    made = invited(aki)

    browsing(aki).post(f"/settings/people/invitations/{made.invitation.pk}/revoke/")

    assert Client().post(f"/join/{made.token}/", HARU).status_code == 410
    assert User.objects.count() == 1


def test_a_second_invitation_of_an_address_ends_the_first(aki: User) -> None:
    first, second = invited(aki), invited(aki)

    assert Client().get(f"/join/{first.token}/").status_code == 410
    assert Client().get(f"/join/{second.token}/").status_code == 200


def test_somebody_who_is_here_is_not_invited(aki: User, chiyo: User) -> None:
    with pytest.raises(OkaeriError, match="Change its role"):
        services.invite(aki, email="CHIYO@komorebi.example ", role=Role.AGENT, language="en", now=NOW)


def test_where_mail_is_configured_the_link_goes_out_in_the_invited_language(
    aki: User, browsing: Callable[[User], Client], settings: Settings
) -> None:
    settings.OKAERI = replace(settings.OKAERI, mail="smtp://localhost")

    browsing(aki).post("/settings/people/invite/", {"email": "haru@x.example", "role": "agent", "language": "ko"})

    (sent,) = mail.outbox
    assert sent.to == ["haru@x.example"]
    assert "초대" in sent.subject
    assert "http://127.0.0.1:8765/join/" in sent.body


def test_a_language_chosen_at_the_door_stays(aki: User) -> None:
    browser = Client()

    answer = browser.post("/language/", {"language": "ko", "next": "/account/login/"})

    assert answer.headers["Location"] == "/account/login/"
    assert '<html lang="ko"' in browser.get("/account/login/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_in_this_house(back: str) -> None:
    answer = Client().post("/language/", {"language": "ko", "next": back})

    assert urlsplit(answer.headers["Location"]).path == "/account/login/"
    assert urlsplit(answer.headers["Location"]).netloc == ""
