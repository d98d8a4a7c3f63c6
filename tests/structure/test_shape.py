"""The shape of the code: sizes, names and docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.structure.tree import ROOT, SOURCE, functions, modules, parsed, public, short

FILE_LINES = 400
FUNCTION_LINES = 50
MODULE_DOC_LINES = 6
VAGUE = {"data", "helper", "helpers", "info", "manager", "misc", "common", "util", "utils"}
PYTHON = [*modules(), *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py")), ROOT / "dev.py"]


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < FILE_LINES, "Split it where the second idea begins."


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_a_function_does_one_thing(path: Path) -> None:
    """Its signature is not counted: a command's options are one line each, and say no more than themselves."""
    lines = {f.name: f.end_lineno - f.body[0].lineno + 1 for f in functions(parsed(path)) if f.end_lineno}

    assert not {name: count for name, count in lines.items() if count > FUNCTION_LINES}


@pytest.mark.parametrize("path", modules(), ids=short)
def test_a_file_has_a_name_that_says_what_lives_there(path: Path) -> None:
    assert not VAGUE & set(path.relative_to(SOURCE).with_suffix("").parts)


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_a_module_says_what_lives_there_in_under_six_lines(path: Path) -> None:
    words = ast.get_docstring(parsed(path))

    assert words or not parsed(path).body, "Say what lives here and what does not."
    assert len((words or "").splitlines()) < MODULE_DOC_LINES


@pytest.mark.parametrize("path", modules(), ids=short)
def test_a_public_name_says_what_it_is(path: Path) -> None:
    assert not [node.name for node in public(parsed(path)) if not ast.get_docstring(node)]


@pytest.mark.parametrize("path", sorted((SOURCE / "base").glob("*.py")), ids=short)
def test_a_public_name_of_the_base_has_an_example_that_runs(path: Path) -> None:
    assert not [node.name for node in public(parsed(path)) if ">>>" not in (ast.get_docstring(node) or "")]


def test_what_the_library_offers_has_an_example_that_runs() -> None:
    import okaeri

    offered = {name: getattr(okaeri, name) for name in okaeri.__all__}
    callables = {name: thing for name, thing in offered.items() if callable(thing)}

    assert callables
    assert not [name for name, thing in callables.items() if ">>>" not in (thing.__doc__ or "")]
