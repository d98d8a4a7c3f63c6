"""`okaeri demo` and `okaeri serve`: what is built, what is served, and to whom."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.conftest import Okaeri, shell_environment


@pytest.mark.parametrize(("option", "value"), [("--size", "huge"), ("--port", "70000")])
def test_a_demo_that_cannot_be_is_refused_before_it_is_built(okaeri: Okaeri, option: str, value: str) -> None:
    refused = okaeri("demo", option, value, "--no-serve", "--json")

    assert refused.code == 2
    assert not Path("okaeri-demo").exists()


def test_the_small_demo_is_built_once_and_writes_no_report_unasked(
    okaeri: Okaeri, monkeypatch: pytest.MonkeyPatch
) -> None:
    foretold: list[Path] = []
    monkeypatch.setattr("okaeri.cli.demo._foretell", foretold.append)  # the walk through docs/start.md waits for it
    first = okaeri("demo", "--no-serve", "--json")
    second = okaeri("demo", "--no-serve", "--json")

    assert (first.code, second.code) == (0, 0)
    assert (first.document["built"], second.document["built"]) == (True, False)
    assert len(foretold) == 1
    assert not list(Path("okaeri-demo").rglob("*.html"))


@pytest.mark.parametrize("command", ["serve", "worker", "demo", "backup kept.tar.gz", "restore kept.tar.gz"])
def test_without_the_web_application_each_command_says_how_to_install_it(
    shop: Okaeri, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("okaeri.cli.serving.find_spec", lambda name: None)

    refused = shop(*command.split())

    assert refused.code == 2
    assert "pip install 'okaeri[web]'" in refused.err


@pytest.mark.parametrize("command", ["serve", "worker", "backup kept.tar.gz"])
def test_what_needs_a_workspace_says_so(okaeri: Okaeri, command: str) -> None:
    refused = okaeri(*command.split())

    assert refused.code == 2
    assert "okaeri init" in refused.err


def test_a_workspace_is_kept_and_brought_back(shop: Okaeri, tmp_path: Path) -> None:
    kept = shop("backup", "kept.tar.gz", "--json")
    again = shop("restore", "kept.tar.gz", "--workspace", "again", "--json")
    refused = shop("restore", "kept.tar.gz")

    assert (kept.code, again.code, refused.code) == (0, 0, 2)
    assert kept.document["files"] >= 4
    assert (
        shop("tables", "--workspace", "again", "--json").document["tables"]
        == shop("tables", "--json").document["tables"]
    )
    assert "--force" in refused.err


def get(address: str, *, cookie: str = "") -> tuple[HTTPResponse, str]:
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": cookie, "Accept-Language": "en"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


@pytest.mark.slow
def test_the_demo_opens_signed_in_and_in_the_language_of_the_terminal(made_shop: Path, tmp_path: Path) -> None:
    shutil.copytree(made_shop, tmp_path / "shop")  # serving writes into it
    with subprocess.Popen(
        [sys.executable, "-m", "okaeri.cli", "demo", "--workspace", "shop", "--lang", "ko", "--json"],
        cwd=tmp_path,
        env=shell_environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as serving:
        assert serving.stdout
        address = json.loads(serving.stdout.readline())["address"]
        entered, _body = get(address)
        cookie = "; ".join(re.findall(r"okaeri_session=[^;]+", str(entered.headers)))
        home, page = get(address.split("/demo/")[0] + "/", cookie=cookie)
        serving.send_signal(signal.SIGINT)
        _out, err = serving.communicate(timeout=30)

    assert (entered.status, home.status) == (302, 200)
    assert 'lang="ko"' in page
    assert "Aki" in page
    assert serving.returncode == 0
    assert "Traceback" not in err.decode()
