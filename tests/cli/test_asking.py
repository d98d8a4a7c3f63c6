"""How a command line is read: shared options anywhere, languages, help pages, and what does not fit."""

from __future__ import annotations

from itertools import product

import pytest

from okaeri.cli.app import ROOMS
from tests.cli.conftest import Okaeri

COMMANDS = [name for _room, commands in ROOMS for name in commands]
LANGUAGES = ("en", "ja", "ko")
HEADINGS = {"en": "Examples", "ja": "例", "ko": "예"}


def test_every_command_of_the_manual_is_there() -> None:
    asked = {"init", "import", "tables", "metrics", "explain", "measure", "report", "forget", "doctor", "demo"}
    asked |= {"switchboard", "export", "restatements", "target", "check"}
    asked |= {"signals", "predict", "customer", "segments", "backtest"}
    asked |= {"serve", "worker", "createuser", "backup", "restore"}

    assert asked == set(COMMANDS)


@pytest.mark.parametrize(("command", "language"), [*product(COMMANDS, LANGUAGES)])
def test_every_help_page_has_examples_in_every_language(okaeri: Okaeri, command: str, language: str) -> None:
    page = okaeri(command, "--help", "--lang", language)

    assert page.code == 0
    assert f"\n{HEADINGS[language]}\n" in page.out
    assert f"okaeri {command}" in page.out
    assert "…" not in page.out, "Words were cut off."


@pytest.mark.parametrize("command", COMMANDS)
def test_a_help_page_names_the_shared_options(okaeri: Okaeri, command: str) -> None:
    page = okaeri(command, "--help")

    assert "--workspace DIR" in page.out
    assert "--json" in page.out
    assert "--lang en|ja|ko" in page.out


def test_without_a_command_the_opening_page_is_shown(okaeri: Okaeri) -> None:
    page = okaeri()

    assert page.code == 0
    assert all(f"  {command}" in page.out for command in COMMANDS)


@pytest.mark.parametrize(
    "line",
    [
        ["--lang", "ja", "--workspace", "nowhere", "--json", "tables"],
        ["tables", "--json", "--workspace=nowhere", "--lang=ja"],
        ["--workspace", "nowhere", "tables", "--lang", "ja", "--json"],
    ],
)
def test_shared_options_may_stand_anywhere(okaeri: Okaeri, line: list[str]) -> None:
    ran = okaeri(*line)

    assert ran.code == 2
    assert "nowhere" in ran.document["error"]
    assert "okaeri init --workspace nowhere" in ran.document["advice"]


def test_the_environment_names_the_workspace_and_the_line_overrules_it(okaeri: Okaeri) -> None:
    from_environment = okaeri("tables", "--json", env={"OKAERI_WORKSPACE": "one"})
    from_line = okaeri("tables", "--json", "--workspace", "two", env={"OKAERI_WORKSPACE": "one"})

    assert "one" in from_environment.document["error"]
    assert "two" in from_line.document["error"]


@pytest.mark.parametrize(
    ("environment", "heading"),
    [
        ({}, "Usage"),
        ({"LANG": "ja_JP.UTF-8"}, "使い方"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "ko_KR.UTF-8"}, "사용법"),
        ({"LANG": "ja_JP.UTF-8", "OKAERI_LANG": "ko"}, "사용법"),
        ({"LANG": "fr_FR.UTF-8"}, "Usage"),
        ({"LANG": "C.UTF-8"}, "Usage"),
    ],
)
def test_the_language_comes_from_the_environment(okaeri: Okaeri, environment: dict[str, str], heading: str) -> None:
    assert f"\n{heading}\n" in okaeri("--help", env=environment).out


def test_the_line_overrules_the_language_of_the_environment(okaeri: Okaeri) -> None:
    assert "\nUsage\n" in okaeri("--help", "--lang", "en", env={"OKAERI_LANG": "ko"}).out


@pytest.mark.parametrize(
    ("line", "error", "advice"),
    [
        (["mesure", "crr"], "mesure", "measure"),
        (["init", "--zon", "UTC"], "--zon", "--zone"),
        (["init", "--zone"], "--zone", "okaeri init --help"),
        (["init", "--fiscal-month", "spring"], "--fiscal-month", "okaeri init --help"),
        (["init", "surplus"], "surplus", "okaeri init --help"),
        (["import", "--as", "orders"], "FILE", "okaeri import --help"),
        (["import", "orders.csv"], "--as", "okaeri import --help"),
        (["tables", "--workspace"], "--workspace", "okaeri --help"),
        (["tables", "--lang", "fr"], "fr", "okaeri --help"),
    ],
)
def test_a_line_that_does_not_fit_ends_with_2_and_advice(
    okaeri: Okaeri, line: list[str], error: str, advice: str
) -> None:
    ran = okaeri(*line, "--json")

    assert ran.code == 2
    assert error in ran.document["error"]
    assert advice in ran.document["advice"]


def test_an_error_is_said_on_stderr_in_the_language_asked_for(okaeri: Okaeri) -> None:
    ran = okaeri("import", "--lang", "ja")

    assert ran.out == ""
    assert "がありません" in ran.err


def test_the_version_is_the_packages(okaeri: Okaeri) -> None:
    from okaeri import __version__

    assert okaeri("--version").out.strip() == f"okaeri {__version__}"
