"""`okaeri init`: a workspace from one line, nothing asked, what was assumed said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Okaeri


def settings(folder: str) -> dict[str, object]:
    return tomllib.loads((Path(folder) / "okaeri.toml").read_text("utf-8"))


def test_a_workspace_is_made_where_everything_else_looks_for_it(okaeri: Okaeri) -> None:
    made = okaeri("init")

    assert made.code == 0
    assert settings("okaeri-workspace")["zone"] == "UTC"
    assert "UTC" in made.out
    assert "okaeri import FILE --as orders" in made.out


def test_what_was_said_is_what_is_kept(okaeri: Okaeri) -> None:
    line = "init --workspace shop --zone Asia/Seoul --currency krw --week-start sunday --fiscal-month 4"
    made = okaeri(*line.split(), "--name", "미준의 가게", "--presence", "subscriptions", "--json")

    expected = {
        "name": "미준의 가게",
        "zone": "Asia/Seoul",
        "currency": "KRW",
        "week_start": 6,
        "fiscal_month": 4,
        "presence": "subscriptions",
    }
    assert expected.items() <= made.document.items()
    assert expected.items() <= settings("shop").items()


@pytest.mark.parametrize(
    ("option", "value", "advice"),
    [
        ("--zone", "Tokyo", "Asia/Tokyo"),
        ("--currency", "YEN", "ISO 4217"),
        ("--week-start", "mnday", "monday"),
        ("--fiscal-month", "13", "1 to 12"),
        ("--presence", "often", "orders:90d"),
    ],
)
def test_a_wrong_setting_makes_nothing(okaeri: Okaeri, option: str, value: str, advice: str) -> None:
    refused = okaeri("init", option, value, "--json")

    assert refused.code == 2
    assert advice in refused.document["advice"]
    assert not Path("okaeri-workspace").exists()


def test_a_workspace_is_never_made_over_another(okaeri: Okaeri) -> None:
    okaeri("init", "--name", "first")

    again = okaeri("init", "--name", "second", "--json")

    assert again.code == 2
    assert "--workspace" in again.document["advice"]
    assert settings("okaeri-workspace")["name"] == "first"
