"""`okaeri demo`: what is served, and to whom."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from okaeri.base.errors import NothingUsable
from okaeri.base.text import LANGUAGES
from okaeri.cli.demo import _server
from okaeri.demo.company import CUSTOMERS
from tests.cli.conftest import Okaeri, shell_environment


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The port on which a folder with a page and a secret is served."""
    (tmp_path / "en.html").write_text("<p>retention</p>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("orders", encoding="utf-8")
    server = _server(tmp_path, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def get(port: int, path: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("path", ["/", "/en.html", "/en.html?from=mail"])
def test_the_report_is_served(served: int, path: str) -> None:
    answer, body = get(served, path)

    assert (answer.status, body) == (200, b"<p>retention</p>")


@pytest.mark.parametrize("path", ["/secret.txt", "/../okaeri.toml", "/%2e%2e/okaeri.toml", "/./secret.txt", "/ja.html"])
def test_nothing_else_is_served(served: int, path: str) -> None:
    answer, body = get(served, path)

    assert answer.status == 404
    assert b"orders" not in body


@pytest.mark.parametrize("path", ["/", "/secret.txt"])
def test_every_answer_carries_the_strict_headers(served: int, path: str) -> None:
    answer, _body = get(served, path)

    assert "default-src 'none'" in (answer.getheader("Content-Security-Policy") or "")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


def test_a_taken_port_is_said_with_the_way_out(served: int, tmp_path: Path) -> None:
    with pytest.raises(NothingUsable, match="--port"):
        _server(tmp_path, served)


@pytest.mark.parametrize(("option", "value"), [("--size", "huge"), ("--port", "70000")])
def test_a_demo_that_cannot_be_is_refused_before_it_is_built(okaeri: Okaeri, option: str, value: str) -> None:
    refused = okaeri("demo", option, value, "--no-serve", "--json")

    assert refused.code == 2
    assert not Path("okaeri-demo").exists()


@pytest.mark.slow
def test_the_small_demo_is_built_and_reported_in_three_languages(
    okaeri: Okaeri, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With fewer customers, whom the commands treat alike; the walk through docs/start.md builds all 2,000."""
    monkeypatch.setitem(CUSTOMERS, "small", 300)

    made = okaeri("demo", "--no-serve", "--json")

    assert (made.code, made.document["built"]) == (0, True)
    assert set(made.document["reports"]) == set(LANGUAGES)
    assert all(Path(path).stat().st_size > 50_000 for path in made.document["reports"].values())


@pytest.mark.slow
def test_what_is_there_is_served_and_not_built_again(made_shop: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "okaeri.cli", "demo", "--workspace", str(made_shop), "--lang", "ko", "--json"],
        cwd=tmp_path,
        env=shell_environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as serving:
        assert serving.stdout
        document = json.loads(serving.stdout.readline())
        address = document["address"]
        answer, body = get(int(address.split(":")[2].split("/")[0]), "/ko.html")
        serving.send_signal(signal.SIGINT)
        _out, err = serving.communicate(timeout=30)

    assert document["built"] is False
    assert address.endswith("/ko.html")
    assert answer.status == 200
    assert b'lang="ko"' in body
    assert serving.returncode == 0
    assert "Traceback" not in err.decode()
