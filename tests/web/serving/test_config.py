"""What the application is told from outside: whatever is wrong with it is said by name."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.web.project.config import read_config


def told(workspace: Path, lines: str) -> dict[str, str]:
    """The surroundings of a process whose workspace has these lines under [web]."""
    with (workspace / "okaeri.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[web]\n{lines}\n")
    return {"OKAERI_WORKSPACE": str(workspace)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("address = 8765", "address is no text"),
        ("mail = true", "mail is no text"),
        ("hosts = 5", "hosts is no list"),
        ('address = "http://okaeri.example.com:port"', "address is no address"),
        ('database = "sqlite:///elsewhere.db"', "database is no address"),
        ('demo = "perhaps"', "demo is neither"),
        ("colour = 1", "no web setting called colour"),
    ],
)
def test_a_setting_that_cannot_be_is_named(workspace: Path, line: str, said: str) -> None:
    with pytest.raises(OkaeriError, match=said):
        read_config(told(workspace, line))


def test_the_environment_comes_before_the_file(workspace: Path) -> None:
    found = read_config({**told(workspace, 'address = "http://a.example"\nhosts = ["b"]'), "OKAERI_HOSTS": "c, d"})

    assert (found.address, found.hosts) == ("http://a.example", ("c", "d"))


def test_this_machine_is_answered_by_either_of_its_names(workspace: Path) -> None:
    hosts = read_config({"OKAERI_WORKSPACE": str(workspace)}).allowed_hosts

    assert {"127.0.0.1", "[::1]", "localhost"} <= set(hosts)


def test_programs_that_start_at_once_share_one_secret(workspace: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _number: read_config({"OKAERI_WORKSPACE": str(workspace)}).secret, range(16)))

    assert len(set(found)) == 1
    assert stat.S_IMODE((workspace / "secret.key").stat().st_mode) == 0o600


def test_a_start_that_is_cut_off_leaves_no_half_secret(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_size: int) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("secrets.token_urlsafe", killed)
        read_config({"OKAERI_WORKSPACE": str(workspace)})

    assert len(read_config({"OKAERI_WORKSPACE": str(workspace)}).secret) >= 32
