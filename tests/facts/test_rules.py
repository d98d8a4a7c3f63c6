"""Cuts, windows and prices of a workspace: defaults, what may be written, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.facts.rules import Rules, rules_of
from okaeri.facts.workspace import SETTINGS_FILE, Workspace


def test_a_workspace_without_rules_has_the_defaults(tmp_path: Path) -> None:
    assert Workspace.create(tmp_path).rules == Rules()


def test_rules_are_read_from_the_settings_file_and_survive_new_settings(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    file = tmp_path / SETTINGS_FILE
    file.write_text(file.read_text("utf-8") + '\n[rules]\ncsat_cut_5 = 5\npoint_value = 1\nholidays = ["2024-01-01"]\n')

    workspace.save(workspace.settings)

    rules = Workspace.open(tmp_path).rules
    assert (rules.csat_cut_5, rules.point_value, rules.holidays) == (5, 1.0, ("2024-01-01",))


def test_rules_that_are_written_keep_the_others_and_are_read_first(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    workspace.save_rules({"csat_cut_5": 5})

    workspace.save_rules({"point_value": 1.6})

    rules = Workspace.open(tmp_path).rules
    assert (rules.csat_cut_5, rules.point_value) == (5, 1.6)
    with pytest.raises(OkaeriError, match="gross_margin"):
        workspace.save_rules({"gros_margin": 0.5})


def test_an_unknown_rule_is_met_with_the_nearest_name() -> None:
    with pytest.raises(OkaeriError, match="csat_cut_5"):
        rules_of({"csat_cut5": 4})


@pytest.mark.parametrize("wrong", [{"csat_cut_5": "4"}, {"csat_cut_5": True}, {"engaged_days": 1.5}, {"holidays": 3}])
def test_a_value_of_another_kind_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(OkaeriError, match="kind of value"):
        rules_of(wrong)


@pytest.mark.parametrize("wrong", [{"gross_margin": 60}, {"gross_margin": 0}, {"engaged_days": 0}])
def test_a_value_that_cannot_be_is_refused_with_advice(wrong: dict[str, object]) -> None:
    with pytest.raises(OkaeriError, match=r"0\.6 for 60%|okaeri\.toml"):
        rules_of(wrong)
