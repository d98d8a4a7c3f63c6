"""Every page of figures, for whoever opens it: what it shows, what it hides, and that it asks nothing of the facts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

import okaeri
from okaeri.base.text import LANGUAGES, Text, use_language
from okaeri.facts.importing import import_file
from okaeri.facts.workspace import Workspace
from okaeri.reports.headlines import headline
from okaeri.web.core.jobs.models import Job
from okaeri.web.core.landing import facts_landed
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.roles import Role
from okaeri.web.insights.measuring import SHAPE, measure_pages
from okaeri.web.insights.models import Reading
from okaeri.web.insights.pages import PAGES
from okaeri.web.insights.services import foretell_first
from okaeri.web.insights.wording import HERE, said_here
from tests.coffee import opened

Browsing = Callable[[User], Client]
ADDRESSES = ["/", *(f"/{name}/" for name in PAGES), "/targets/", "/restatements/", "/ground/"]


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.OWNER, Role.VIEWER])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_reads_what_was_kept_and_never_the_facts(
    address: str, role: Role, measured: Path, lake_closed: None, person: Callable[[Role], User], browsing: Browsing
) -> None:
    answer = browsing(person(role)).get(address)

    assert answer.status_code == 200
    assert "Facts until" in answer.content.decode()


@pytest.mark.slow
def test_every_part_has_an_address_of_its_own(measured: Path, aki: User, browsing: Browsing) -> None:
    known = [name.removeprefix("part:") for name in Reading.objects.values_list("name", flat=True) if ":" in name]
    parts = [(page.name, part) for page in PAGES.values() for part in page.parts if part in known]

    pages = [browsing(aki).get(f"/{page}/{part}/").content.decode() for page, part in parts]

    assert len(parts) > 8
    assert all(f'id="{part}"' in page for page, (_name, part) in zip(pages, parts, strict=True))


@pytest.mark.slow
def test_home_shows_the_librarys_own_figures(measured: Path, aki: User, browsing: Browsing) -> None:
    shop = okaeri.open(measured)

    page = browsing(aki).get("/").content.decode()

    for metric, by in (("crr", "month"), ("apv", "month"), ("repeat_rate", "quarter")):
        top = headline(shop.measure(metric, by=by))
        assert top is not None
        assert f"<span>{top.measurement}</span>" in page


@pytest.mark.slow
def test_only_those_who_may_see_customers_are_told_whom_to_greet(
    measured: Path, aki: User, chiyo: User, browsing: Browsing
) -> None:
    at_risk = Reading.objects.get(name="home", language="en").data["hello"]

    owners, viewers = (browsing(one).get("/").content.decode() for one in (aki, chiyo))

    assert len(at_risk) > 6
    assert sum(each["customer"] in owners for each in at_risk) == 6
    assert "Say hello today" not in viewers
    assert not [each for each in at_risk if each["customer"] in viewers]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["leaving", "attention"])
def test_lists_of_customers_are_closed_to_viewers(
    part: str, measured: Path, aki: User, chiyo: User, browsing: Browsing
) -> None:
    tables = Reading.objects.get(name=f"part:{part}", language="en").data["tables"]
    ids = {row[0] for table in tables if table["names_customers"] for row in table["rows"]}

    owners, viewers = (browsing(one).get(f"/predictions/{part}/").content.decode() for one in (aki, chiyo))

    assert ids
    assert all(each in owners for each in ids)
    assert not [each for each in ids if each in viewers]
    assert "Customers are not shown by name to your role." in viewers


@pytest.mark.parametrize(("hour", "words"), [(7, "おはようございます"), (13, "こんにちは"), (22, "こんばんは")])
def test_home_greets_by_the_hour_of_the_readers_own_zone(
    hour: int, words: str, aki: User, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    aki.zone, aki.language = "Asia/Seoul", "ja"
    aki.save()
    now = datetime(2025, 3, 1, (hour - 9) % 24, 30, tzinfo=UTC)
    monkeypatch.setattr("okaeri.web.insights.views.pages.timezone.now", lambda: now)

    page = browsing(aki).get("/").content.decode()

    assert f"<h1>Akiさん、{words}</h1>" in page


@pytest.mark.slow
def test_no_page_carries_a_style_or_a_script_that_the_policy_refuses(
    measured: Path, aki: User, browsing: Browsing
) -> None:
    for address in ADDRESSES:
        page = browsing(aki).get(address).content.decode()

        assert not re.findall(r"<[a-z]+\s[^>]*\s(?:style|on[a-z]+)=", page)
        assert not re.findall(r"<script(?![^>]*src=)", page)


@pytest.mark.slow
def test_pages_say_that_the_facts_have_changed_since(measured: Path, aki: User, browsing: Browsing) -> None:
    Reading.objects.update(state=f"{SHAPE}older")

    assert "The facts have changed since" in browsing(aki).get("/retention/").content.decode()


@pytest.mark.slow
def test_what_another_version_kept_is_not_shown(measured: Path, aki: User, browsing: Browsing) -> None:
    Reading.objects.update(state="0-abc", data={"another": "shape"})

    assert "Nothing has been measured yet" in browsing(aki).get("/").content.decode()


def test_facts_that_land_have_every_page_measured_once(db: None) -> None:
    now = datetime(2025, 3, 1, tzinfo=UTC)

    for _time in range(2):
        facts_landed.send(sender=None, tables=["orders"], now=now)

    assert Job.objects.filter(kind="measure_pages").count() == 1


def test_an_analyst_may_have_pages_measured_now_and_a_viewer_may_not(
    min_jun: User, chiyo: User, browsing: Browsing
) -> None:
    answers = [browsing(one).post("/measure/").status_code for one in (min_jun, chiyo)]

    assert answers == [302, 403]
    assert Job.objects.get().kind == "measure_pages"
    assert AuditEntry.objects.get().verb == "pages.measured"


@pytest.mark.slow
def test_before_anything_is_foretold_pages_name_no_command_of_a_shell(workspace: Path, db: None) -> None:
    shutil.rmtree(workspace)
    opened(workspace.parent)

    measure_pages(now=datetime(2025, 3, 1, tzinfo=UTC), languages=("ja",))

    parts = Reading.objects.filter(name__startswith="part:")
    said = {part.name: part.data["remarks"] for part in parts}
    assert said["part:leaving"] and said["part:expected"]
    assert "`okaeri" not in str(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_a_page_names_a_command_of_a_shell(language: str) -> None:
    with use_language(language):
        said = {said_here(Text(there, (("n", 3),))) for there in HERE}

    assert len(said) == len(HERE)
    assert "`okaeri" not in str(said)


def test_predictions_may_be_asked_for_at_once(aki: User, browsing: Browsing) -> None:
    browsing(aki).post("/foretell/")

    assert (Job.objects.get().kind, AuditEntry.objects.get().verb) == ("predict", "predictions.made")


def test_a_viewer_does_not_ask_for_predictions(chiyo: User, browsing: Browsing) -> None:
    assert browsing(chiyo).post("/foretell/").status_code == 403


def test_a_shop_that_was_never_foretold_does_not_wait_for_the_night(workspace: Path, tmp_path: Path, db: None) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,customer_id,ordered_at,amount\n1,Hana,2025-01-05,3\n", "utf-8")
    import_file(Workspace.open(workspace), file, table="orders", now=datetime(2025, 3, 1, tzinfo=UTC))

    foretell_first(now=datetime(2025, 3, 1, tzinfo=UTC))

    assert [job.kind for job in Job.objects.all()] == ["predict"]


def test_a_shop_without_orders_has_nothing_foretold(workspace: Path, db: None) -> None:
    foretell_first(now=datetime(2025, 3, 1, tzinfo=UTC))

    assert not Job.objects.exists()
