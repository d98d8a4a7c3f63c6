"""The way to a cluster: what may be set, and what a person hears when something is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import okaeri
from okaeri.base.errors import OkaeriError
from okaeri.engines import spark_session
from okaeri.engines.spark_session import FIXED, connect, disconnect, find_java, missing_for_spark, settings_of
from okaeri.facts.workspace import Workspace
from tests.conftest import missing
from tests.engines.spark_cluster import free_port


def test_a_workspace_uses_duckdb_unless_it_says_spark(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "shop")

    assert made.settings.engine == "duckdb"
    with pytest.raises(OkaeriError, match=r"Use 'spark'"):
        Workspace.create(tmp_path / "other", engine="sparc")


def test_dotted_settings_may_be_written_with_quotes_or_without(tmp_path: Path) -> None:
    shop = Workspace.create(tmp_path / "shop", engine="spark")
    with (shop.path / "okaeri.toml").open("a", encoding="utf-8") as file:
        file.write('\n[spark]\nmaster = "spark://here:7077"\n"spark.cores.max" = 4\nspark.executor.memory = "4g"\n')

    found = settings_of(Workspace.open(shop.path).section("spark"))

    assert found == {
        "spark.master": "spark://here:7077",
        "spark.cores.max": "4",
        "spark.executor.memory": "4g",
    }


def test_without_a_section_spark_runs_on_this_machine() -> None:
    assert settings_of({}) == {"spark.master": "local[*]"}


def test_a_truth_value_is_written_as_spark_reads_it() -> None:
    assert settings_of({"spark.ui.enabled": True})["spark.ui.enabled"] == "true"


def test_a_key_that_is_none_of_sparks_is_refused() -> None:
    with pytest.raises(OkaeriError, match=r"has no setting memory.*spark.executor.memory"):
        settings_of({"memory": "4g"})


@pytest.mark.parametrize("name", FIXED)
def test_what_would_change_the_rows_cannot_be_chosen(name: str) -> None:
    with pytest.raises(OkaeriError, match=r"other rows would come of it"):
        settings_of({name: "true"})


def test_without_java_the_advice_is_to_install_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(OkaeriError, match=r"Spark needs Java 17 or newer.*apt-get install"):
        connect({"spark.master": "local[1]"})


def test_java_is_looked_for_in_java_home_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    java.write_text("#!/bin/sh\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    assert find_java() == java


def test_without_pyspark_the_advice_is_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)

    assert "pip install" in str(missing_for_spark())


def test_a_workspace_on_spark_says_what_is_missing_before_it_is_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    for name in ("okaeri.engines.spark", "okaeri.engines.spark_dialect", "sqlglot"):
        monkeypatch.setitem(sys.modules, name, None)
    shop = okaeri.create(tmp_path / "shop", settings={"engine": "spark"})

    with pytest.raises(OkaeriError, match="PySpark is not installed"):
        shop.measure("crr")


def test_a_master_that_is_not_there_is_said_within_seconds() -> None:
    if lacking := missing_for_spark():
        missing(str(lacking))
    disconnect()
    address = f"spark://127.0.0.1:{free_port()}"

    with pytest.raises(OkaeriError, match=r"Spark cannot be reached at spark://127.0.0.1:.*Mend `master`"):
        connect({"spark.master": address})


def test_importing_the_library_does_not_import_pyspark() -> None:
    code = "import sys, okaeri, okaeri.opening; print('pyspark' in sys.modules, 'sqlglot' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=os.environ)

    assert said.stdout.split() == ["False", "False"]
