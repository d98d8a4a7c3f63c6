"""What no file of the project may say, and how sentences on a screen sound."""

from __future__ import annotations

import re

import pytest

from tests.structure.sentences import spoken
from tests.structure.tree import LOCKS, ignored, short, tracked

# Written in two parts, so that this file does not say them either.
HOSTS = ["pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "deb.debian" + ".org"]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "NotImplemented" + "Error"]
MACHINE_PATH = re.compile(r"(?<![\w.~])/(?:wo" + r"rk|tm" + r"p|ro" + r"ot|home)/[a-z]")
HASTY = re.compile(r"\b(simply|just|obviously|of course|easily)\b", re.IGNORECASE)


def test_no_file_says_anything_of_one_machine_or_of_unfinished_work() -> None:
    said = {short(path): unwelcome(path.read_text("utf-8")) for path in tracked()}

    assert len(said) > 100
    assert not {path: words for path, words in said.items() if words}


def unwelcome(text: str) -> list[str]:
    return [word for word in [*HOSTS, *UNFINISHED] if word in text] + MACHINE_PATH.findall(text)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    text = next(path for path in tracked() if path.name == name).read_text("utf-8")
    pinned = re.findall(r"^[\w.-]+==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)

    assert "://" not in text
    assert len(pinned) == len(re.findall(r"^[\w.-]+", text, re.MULTILINE))


def test_only_the_locks_that_the_project_made_are_there() -> None:
    others = {"uv.lock", "poetry.lock", "package-lock.json", "Pipfile.lock"}

    assert not [short(path) for path in tracked() if path.name in others]


def test_no_file_of_the_project_is_left_out_of_the_repository() -> None:
    """A rule in .gitignore that names a product of a run must not catch a source of the same name."""
    assert not [path for path in ignored("src", "tests", "docs", "bench/*.py") if "__pycache__" not in path]


def test_a_sentence_on_a_screen_hurries_nobody() -> None:
    assert not {message: places for message, places in spoken().items() if HASTY.search(message)}
