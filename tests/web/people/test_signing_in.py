"""Signing in, out, and being kept out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from okaeri.web.core.people.models import AuditEntry, User
from tests.web.conftest import PASSWORD

Browsing = Callable[[User], Client]
NEW = "three warm cups of tea"


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def attempt(browser: Client, email: str, password: str) -> int:
    return browser.post("/account/login/", {"login": email, "password": password}).status_code


def test_signing_in_and_out_is_written_down(aki: User) -> None:
    browser = Client()

    attempt(browser, "AKI@komorebi.example", PASSWORD)
    browser.post("/account/logout/")

    assert [entry.verb for entry in AuditEntry.objects.filter(who=aki).order_by("id")] == [
        "signin.done",
        "signout.done",
    ]


def test_after_eight_wrong_passwords_even_the_right_one_waits(aki: User) -> None:
    browser = Client()
    codes = [attempt(browser, aki.email, f"wrong-{n}") for n in range(8)]

    answer = browser.post("/account/login/", {"login": aki.email.upper(), "password": PASSWORD})

    assert codes == [200] * 7 + [429]
    assert answer.status_code == 429
    assert "Wait a quarter of an hour" in answer.content.decode()
    assert "_auth_user_id" not in browser.session


def test_a_locked_account_does_not_lock_the_others(aki: User, chiyo: User) -> None:
    browser = Client()
    for n in range(9):
        attempt(browser, aki.email, f"wrong-{n}")

    assert attempt(browser, chiyo.email, PASSWORD) == 302


def test_a_right_password_forgets_the_wrong_ones_before_it(aki: User) -> None:
    for _round in range(2):
        browser = Client()
        for n in range(5):
            attempt(browser, aki.email, f"wrong-{n}")
        assert attempt(browser, aki.email, PASSWORD) == 302


def test_failures_leave_neither_address_nor_password(aki: User) -> None:
    attempt(Client(), "hinako@private.example", "her-secret-word")
    for n in range(9):
        attempt(Client(), aki.email, f"wrong-{n}")

    kept = str(list(AuditEntry.objects.values())) + str(list(AccessAttempt.objects.values()))
    assert AuditEntry.objects.filter(verb="signin.failed").count() >= 9
    assert AuditEntry.objects.filter(verb="signin.locked").exists()
    for secret in ("hinako", "private.example", "her-secret-word", "wrong-", aki.email):
        assert secret not in kept


def test_a_closed_account_does_not_open(chiyo: User) -> None:
    User.objects.filter(pk=chiyo.pk).update(is_active=False)
    browser = Client()

    page = browser.post("/account/login/", {"login": chiyo.email, "password": PASSWORD}, follow=True)

    assert "_auth_user_id" not in browser.session
    assert page.status_code == 200


def test_the_way_in_leads_back_to_where_somebody_was(aki: User) -> None:
    browser = Client()
    asked = browser.get("/settings/people/").headers["Location"]

    answer = browser.post(asked, {"login": aki.email, "password": PASSWORD, "next": "/settings/people/"})

    assert asked == "/account/login/?next=/settings/people/"
    assert answer.headers["Location"] == "/settings/people/"


@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "password/set/", "login/code/confirm/"])
def test_what_this_house_does_not_offer_is_not_there(path: str, aki: User, browsing: Browsing) -> None:
    assert Client().get(f"/account/{path}").status_code == 404
    assert browsing(aki).get(f"/account/{path}").status_code == 404


def sign_in(user: User) -> Client:
    browser = Client()
    assert attempt(browser, user.email, PASSWORD) == 302
    return browser


def sure(user: User) -> Client:
    """A browser of somebody who has entered their password once more."""
    browser = sign_in(user)
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    return browser


def with_second_step(user: User) -> tuple[Client, str, list[str]]:
    """A browser of somebody who turned two-step sign-in on, the secret and the recovery codes."""
    browser = sure(user)
    browser.get("/account/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    answer = browser.post("/account/2fa/totp/activate/", {"code": code})
    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return browser, secret, codes


def test_turning_two_steps_on_shows_recovery_codes_and_is_written_down(
    aki: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        browser, _secret, codes = with_second_step(aki)

    page = browser.get("/account/2fa/recovery-codes/").content.decode()

    assert len(codes) == 10
    assert all(code in page for code in codes)
    assert AuditEntry.objects.filter(verb="mfa.added", who=aki).exists()


def test_the_picture_to_scan_is_one_the_policy_allows(aki: User) -> None:
    answer = sure(aki).get("/account/2fa/totp/activate/")

    assert 'src="data:image/svg+xml;base64,' in answer.content.decode()
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]


def test_with_two_steps_the_password_alone_does_not_open(aki: User) -> None:
    _browser, _secret, codes = with_second_step(aki)
    other = Client()

    answer = other.post("/account/login/", {"login": aki.email, "password": PASSWORD})

    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in other.session
    assert other.get("/account/2fa/authenticate/").status_code == 200
    assert other.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert other.session["_auth_user_id"] == str(aki.pk)


def test_guessing_the_second_step_is_stopped(aki: User) -> None:
    _browser, _secret, codes = with_second_step(aki)
    other = Client()
    attempt(other, aki.email, PASSWORD)
    for guess in range(12):
        page = other.post("/account/2fa/authenticate/", {"code": f"{guess:06}"}).content.decode()

    other.post("/account/2fa/authenticate/", {"code": codes[0]})

    assert "There were too many attempts" in page
    assert "_auth_user_id" not in other.session
    assert AuditEntry.objects.filter(verb="mfa.failed", about=aki.email).count() == 10


def test_two_steps_are_turned_off_again(aki: User) -> None:
    browser, _secret, _codes = with_second_step(aki)

    assert browser.get("/account/2fa/totp/deactivate/").status_code == 200
    browser.post("/account/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.filter(verb="mfa.removed", who=aki).exists()


def test_what_the_second_step_rests_on_is_kept_encrypted(aki: User) -> None:
    _browser, secret, codes = with_second_step(aki)

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_an_owner_turns_the_second_step_off_for_somebody_who_lost_it(
    aki: User, chiyo: User, browsing: Browsing
) -> None:
    with_second_step(chiyo)
    owner = browsing(aki)
    assert "Turn two-step sign-in off for Chiyo" in owner.get("/settings/people/").content.decode()

    owner.post(f"/settings/people/{chiyo.pk}/two-steps/end/")

    assert Client().post("/account/login/", {"login": chiyo.email, "password": PASSWORD}).headers["Location"] == "/"
    assert AuditEntry.objects.get(verb="mfa.ended").who == aki


def test_the_last_owner_is_helped_on_the_command_line(aki: User) -> None:
    with_second_step(aki)

    call_command("endtwosteps", "AKI@komorebi.example", stdout=StringIO())

    assert not Authenticator.objects.exists()


def test_protecting_an_account_asks_for_the_password_once_more(aki: User, browsing: Browsing) -> None:
    browser = browsing(aki)  # a session that never typed a password

    asked = browser.get("/account/2fa/totp/activate/").headers["Location"]
    wrong = browser.post(asked, {"password": "wrong"})
    right = browser.post(asked, {"password": PASSWORD})

    assert urlsplit(asked).path == "/account/reauthenticate/"
    assert "This password does not fit." in wrong.content.decode()
    assert right.headers["Location"] == "/account/2fa/totp/activate/"


def test_a_changed_password_ends_the_other_sessions(aki: User) -> None:
    here, there = sign_in(aki), sign_in(aki)

    answer = here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert answer.headers["Location"] == "/settings/me/"
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert AuditEntry.objects.filter(verb="password.changed", who=aki).exists()


def test_signing_out_elsewhere_keeps_this_session(aki: User) -> None:
    here, there = sign_in(aki), sign_in(aki)

    here.post("/settings/me/sessions/end/")

    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_without_a_mail_server_the_page_says_what_to_do(aki: User) -> None:
    page = Client().get("/account/password/reset/").content.decode()

    assert "changepassword" in page
    assert 'name="email"' not in page


def test_with_a_mail_server_a_link_sets_a_new_password(aki: User, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, mail="smtp://localhost")
    browser = Client()
    browser.post("/account/password/reset/", {"email": aki.email})
    link = next(line for line in str(mail.outbox[0].body).splitlines() if line.startswith("http"))

    form = browser.get(urlsplit(link).path, follow=True)
    browser.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    aki.refresh_from_db()
    assert aki.check_password(NEW)
    assert AuditEntry.objects.filter(verb="password.reset", who=aki).exists()


def test_an_unknown_address_gets_no_mail_and_the_same_page(aki: User, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, mail="smtp://localhost")

    answer = Client().post("/account/password/reset/", {"email": "nobody@nowhere.example"})

    assert answer.headers["Location"] == "/account/password/reset/done/"
    assert mail.outbox == []


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "inactive/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/done/",
        "password/reset/key/1-x/",
    ],
)
def test_every_page_at_the_door_is_in_our_look(path: str, language: str, aki: User) -> None:
    browser = Client(headers={"accept-language": language})

    page = browser.get(f"/account/{path}")

    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()
    assert 'class="sheet"' in page.content.decode()


@pytest.mark.parametrize("path", ["logout/", "password/change/", "reauthenticate/", "2fa/", "2fa/totp/activate/"])
def test_every_page_of_an_account_is_in_our_look(path: str, aki: User) -> None:
    page = sure(aki).get(f"/account/{path}").content.decode()

    assert "room-people.css" in page


@pytest.mark.parametrize(
    "path", ["", "reauthenticate/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"]
)
def test_every_page_of_the_second_step_is_in_our_look(path: str, aki: User) -> None:
    browser, _secret, _codes = with_second_step(aki)

    assert "room-people.css" in browser.get(f"/account/2fa/{path}").content.decode()


def test_wrong_codes_are_counted_for_all_processes_together(aki: User) -> None:
    _browser, _secret, codes = with_second_step(aki)
    other = Client()
    attempt(other, aki.email, PASSWORD)
    for guess in range(10):
        cache.clear()  # as in another process, or after a restart
        other.post("/account/2fa/authenticate/", {"code": f"{guess:06}"})

    other.post("/account/2fa/authenticate/", {"code": codes[0]})

    assert "_auth_user_id" not in other.session


def test_wrong_codes_are_forgotten_after_a_quarter_of_an_hour(aki: User) -> None:
    _browser, _secret, codes = with_second_step(aki)
    other = Client()
    attempt(other, aki.email, PASSWORD)
    for guess in range(10):
        other.post("/account/2fa/authenticate/", {"code": f"{guess:06}"})
    AuditEntry.objects.filter(verb="mfa.failed").update(at=timezone.now() - timedelta(minutes=16))

    other.post("/account/2fa/authenticate/", {"code": codes[0]})

    assert other.session["_auth_user_id"] == str(aki.pk)


def test_a_mail_server_that_is_down_does_not_tell_who_has_an_account(
    aki: User, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OKAERI = replace(settings.OKAERI, mail="smtp://localhost")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # where nothing listens

    answers = [
        Client(raise_request_exception=False).post("/account/password/reset/", {"email": email})
        for email in (aki.email, "nobody@nowhere.example")
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert "could not be sent" in caplog.text
    assert aki.email not in caplog.text
