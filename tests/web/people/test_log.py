"""The audit log on its page and as a file."""

from __future__ import annotations

import ast
import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

from okaeri import web
from okaeri.base.text import use_language
from okaeri.web.core.people.audit import record
from okaeri.web.core.people.models import AuditEntry, User
from okaeri.web.core.people.verbs import VERBS, said

Browsing = Callable[[User], Client]
AT = datetime(2025, 3, 1, 15, tzinfo=UTC)  # the second of March in Tokyo


def recorded() -> Iterator[str]:
    """Every verb that the application writes out where it records it."""
    for path in Path(web.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "record" and len(call.args) > 1:
                verb = call.args[1]
                if isinstance(verb, ast.Constant):
                    yield str(verb.value)


def test_every_verb_of_the_log_has_words() -> None:
    """A room that records something new names it in `VERBS`."""
    assert set(recorded()) - set(VERBS) == set()


def rows(browser: Client, **asked: str) -> list[str]:
    """The column About of the log."""
    page = browser.get("/settings/log/", asked).content.decode()
    return [row.split("<td>")[4].split("<")[0] for row in page.split("<tr>")[2:]]


@pytest.fixture
def written(aki: User, chiyo: User) -> None:
    record(aki, "person.invited", about="one", at=AT)
    record(chiyo, "person.changed", about="two", at=AT + timedelta(days=1))
    record(None, "moon.landed", about="three", at=AT + timedelta(days=2))


@pytest.mark.usefixtures("written")
def test_the_newest_stands_first_and_verbs_are_words(aki: User, browsing: Browsing) -> None:
    browser = browsing(aki)

    page = browser.get("/settings/log/").content.decode()

    assert rows(browser) == ["three", "two", "one"]
    assert "Invited somebody" in page
    assert "Okaeri itself" in page


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "-"}, ["three"]),
        ({"verb": "person.changed"}, ["two"]),
        ({"first": "2025-03-02", "last": "2025-03-02"}, ["one"]),
        ({"first": "2025-03-03"}, ["three", "two"]),
        ({"last": "2025-03-01"}, []),
    ],
)
def test_filters_choose(asked: dict[str, str], found: list[str], aki: User, browsing: Browsing) -> None:
    """A day is one of the reader's zone, which is that of the workspace here."""
    assert rows(browsing(aki), **asked) == found


@pytest.mark.usefixtures("written")
def test_one_person_can_be_asked_for(aki: User, browsing: Browsing) -> None:
    assert rows(browsing(aki), who=str(aki.pk)) == ["one"]


@pytest.mark.parametrize(
    "asked", [{"who": "x' or 1=1"}, {"first": "soon"}, {"first": "2025-03-02", "last": "2025-03-01"}]
)
def test_a_filter_that_cannot_be_read_says_so(asked: dict[str, str], aki: User, browsing: Browsing) -> None:
    assert browsing(aki).get("/settings/log/", asked).status_code == 400


def test_fifty_stand_on_a_page(aki: User, browsing: Browsing) -> None:
    for n in range(60):
        record(aki, "person.changed", about=f"n{n}", at=AT + timedelta(minutes=n))
    browser = browsing(aki)

    assert len(rows(browser)) == 50
    assert rows(browser, page="2")[-1] == "n0"
    assert "page=2" in browser.get("/settings/log/", {"verb": "person.changed"}).content.decode()


def file(browser: Client, **asked: str) -> list[list[str]]:
    answer = browser.post("/settings/log/export/", asked)
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]


@pytest.mark.usefixtures("written")
def test_the_file_holds_what_was_asked_for_and_taking_it_is_written_down(aki: User, browsing: Browsing) -> None:
    lines = file(browsing(aki), verb="person.invited")

    assert lines[0] == ["at", "by", "verb", "what", "about", "detail"]
    assert lines[1][:5] == ["2025-03-01T15:00:00+00:00", aki.email, "person.invited", "Invited somebody", "one"]
    assert len(lines) == 2
    assert AuditEntry.objects.filter(verb="audit.exported", who=aki).count() == 1


@pytest.mark.parametrize("planted", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1", " =1"])
def test_a_spreadsheet_runs_nothing_of_it(planted: str, aki: User, browsing: Browsing) -> None:
    record(aki, "person.changed", about=planted, at=AT)

    lines = file(browsing(aki), verb="person.changed")

    assert lines[1][4] == f"'{planted}"


def test_the_file_speaks_the_readers_language_to_its_end(aki: User, browsing: Browsing) -> None:
    User.objects.filter(pk=aki.pk).update(language="ja")
    record(aki, "person.invited", about="one", at=AT)

    lines = file(browsing(aki), verb="person.invited")

    with use_language("ja"):
        assert lines[1][3] == said("person.invited") != "Invited somebody"


def test_a_file_of_a_filter_that_cannot_be_read_is_not_made(aki: User, browsing: Browsing) -> None:
    answer = browsing(aki).post("/settings/log/export/", {"first": "soon"})

    assert answer.status_code == 400
    assert not AuditEntry.objects.filter(verb="audit.exported").exists()
