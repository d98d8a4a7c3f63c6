"""The shape of the code: sizes, names and docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.structure.tree import ROOT, SOURCE, functions, modules, parsed, public, short

FILE_LINES = 400
FUNCTION_LINES = 50
MODULE_DOC_LINES = 6
VAGUE = {"data", "helper", "helpers", "info", "manager", "misc", "common", "util", "utils"}
PYTHON = [*modules(), *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py")), ROOT / "dev.py"]


def test_a_file_holds_one_idea() -> None:
    """Split it where the second idea begins."""
    lines = {short(path): len(path.read_text("utf-8").splitlines()) for path in PYTHON}

    assert lines
    assert not {name: count for name, count in lines.items() if count >= FILE_LINES}


def test_a_function_does_one_thing() -> None:
    """Its signature is not counted: a command's options are one line each, and say no more than themselves."""
    lines = {
        f"{short(path)}: {f.name}": f.end_lineno - f.body[0].lineno + 1
        for path in PYTHON
        for f in functions(parsed(path))
        if f.end_lineno
    }

    assert lines
    assert not {name: count for name, count in lines.items() if count > FUNCTION_LINES}


def test_a_file_has_a_name_that_says_what_lives_there() -> None:
    named = {short(path): set(path.relative_to(SOURCE).with_suffix("").parts) for path in modules()}

    assert named
    assert not {name for name, parts in named.items() if VAGUE & parts}


def test_a_module_says_what_lives_there_in_under_six_lines() -> None:
    """Say what lives here and what does not."""
    words = {short(path): ast.get_docstring(parsed(path)) or "" for path in PYTHON if parsed(path).body}

    assert words
    assert not {name for name, said in words.items() if not 0 < len(said.splitlines()) < MODULE_DOC_LINES}


def test_a_public_name_says_what_it_is() -> None:
    assert not unsaid(modules(), "")


def test_a_public_name_of_the_base_has_an_example_that_runs() -> None:
    assert not unsaid((SOURCE / "base").glob("*.py"), ">>>")


def unsaid(paths: Iterable[Path], wanted: str) -> list[str]:
    """The public names without a docstring, or with one that lacks what is wanted."""
    named = [(path, node, ast.get_docstring(node) or "") for path in paths for node in public(parsed(path))]
    assert named
    return [f"{short(path)}: {node.name}" for path, node, said in named if not said or wanted not in said]


def test_what_the_library_offers_has_an_example_that_runs() -> None:
    import okaeri

    offered = {name: getattr(okaeri, name) for name in okaeri.__all__}
    callables = {name: thing for name, thing in offered.items() if callable(thing)}

    assert callables
    assert not [name for name, thing in callables.items() if ">>>" not in (thing.__doc__ or "")]
