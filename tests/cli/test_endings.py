"""How every command ends: 0 done, 1 the facts cannot give it, 2 the line is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from okaeri.cli.app import ROOMS
from tests.cli.conftest import Okaeri

COMMANDS = tuple(name for _room, commands in ROOMS for name in commands)
Lines = Mapping[str, list[str] | None]
DONE: Lines = {
    "demo": None,  # builds a shop of its own: tests/cli/test_demo.py
    "init": ["--workspace", "another"],
    "import": ["orders.csv", "--as", "orders"],
    "tables": [],
    "metrics": [],
    "explain": ["crr"],
    "measure": ["crr"],
    "switchboard": [],
    "report": ["--out", "r.html"],
    "export": ["crr", "--out", "crr.xlsx"],
    "restatements": [],
    "signals": [],
    "predict": ["clv", "--no-keep"],
    "customer": ["Aki"],
    "segments": ["--no-keep"],
    "backtest": [],
    "serve": None,  # does not end by itself: tests/web/serving
    "worker": None,
    "createuser": None,  # asks for a password
    "target": ["list"],
    "check": None,  # wants a target: tests/cli/test_checking.py
    "backup": ["kept.tar.gz"],
    "restore": None,  # wants a backup: tests/cli/test_demo.py
    "forget": ["Aki", "--yes"],
    "doctor": [],
}
WITHOUT_FACTS: Lines = {
    "demo": None,
    "init": None,  # needs none
    "import": ["empty.csv", "--as", "orders"],
    "tables": None,  # nothing is an answer
    "metrics": None,
    "explain": None,
    "measure": ["crr"],
    "switchboard": [],
    "report": ["--out", "r.html"],
    "export": ["--all"],
    "restatements": None,
    "signals": [],
    "predict": ["clv"],
    "customer": ["Aki"],
    "segments": [],
    "backtest": [],
    "serve": None,
    "worker": None,
    "createuser": None,
    "target": None,
    "check": None,
    "backup": None,  # an empty workspace is kept too
    "restore": None,
    "forget": ["Aki", "--yes"],
    "doctor": ["--workspace", "nowhere"],
}
WRONG: Lines = {
    "demo": ["--size", "vast"],
    "init": ["--zone", "Mars/Olympus"],
    "import": ["nowhere.csv", "--as", "orders"],
    "tables": ["ordres"],
    "metrics": ["--by"],
    "explain": ["crm"],
    "measure": ["crr", "--by", "fortnight"],
    "switchboard": ["--by", "fortnight"],
    "report": ["--out", "r.docx"],
    "export": ["crm"],
    "restatements": ["--metric", "crm"],
    "signals": ["--kind", "crm"],
    "predict": ["churn", "--horizon", "0"],
    "customer": ["Nobody"],
    "segments": ["--loud"],
    "backtest": ["--horizon", "0"],
    "serve": ["--port", "70000"],
    "worker": ["--loud"],
    "createuser": [],
    "target": ["set", "crm", "--at-least", "1"],
    "check": [],
    "backup": [],
    "restore": ["--loud"],
    "forget": ["Aki"],
    "doctor": ["--loud"],
}


def those(lines: Lines) -> list[list[str]]:
    """The command lines of a table that speak of something."""
    return [[name, *words] for name, words in lines.items() if words is not None]


@pytest.mark.parametrize("lines", [DONE, WITHOUT_FACTS, WRONG], ids=["done", "without facts", "wrong"])
def test_every_command_is_spoken_of(lines: Lines) -> None:
    assert tuple(lines) == COMMANDS


@pytest.mark.usefixtures("orders_file")
@pytest.mark.parametrize("line", those(DONE), ids=" ".join)
def test_what_is_done_ends_with_0(shop: Okaeri, line: list[str]) -> None:
    done = shop(*line, "--json")

    assert done.code == 0


@pytest.mark.parametrize("line", those(WITHOUT_FACTS), ids=" ".join)
def test_what_the_facts_cannot_give_ends_with_1(okaeri: Okaeri, line: list[str]) -> None:
    okaeri("init")
    Path("empty.csv").touch()

    assert okaeri(*line, "--json").code == 1


@pytest.mark.parametrize(
    "line",
    [
        ["crr", "--presence", "subscriptions"],
        ["crr", "--segment", "city"],
        ["churn_could_have"],
        ["crr", "--from", "2030-01-01", "--to", "2031-01-01"],
    ],
    ids=" ".join,
)
def test_a_question_that_these_facts_cannot_answer_ends_with_1(shop: Okaeri, line: list[str]) -> None:
    refused = shop("measure", *line, "--json")

    assert refused.code == 1
    assert refused.document["advice"]


@pytest.mark.parametrize("line", those(WRONG), ids=" ".join)
def test_a_line_to_be_written_differently_ends_with_2(shop: Okaeri, line: list[str]) -> None:
    refused = shop(*line, "--json")

    assert refused.code == 2
    assert refused.document["advice"]


@pytest.mark.parametrize("command", ["measure", "report"])
def test_an_empty_workspace_is_told_how_to_fill_it(okaeri: Okaeri, command: str) -> None:
    okaeri("init")

    empty = okaeri(command, *(["crr"] if command == "measure" else []), "--json")

    assert "okaeri import" in empty.document["advice"]


def test_the_opening_page_tells_the_exit_codes(okaeri: Okaeri) -> None:
    assert "1 the facts or the file cannot give it" in okaeri("--help").out
