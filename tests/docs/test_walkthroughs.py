"""Every page of the documentation does what it says, typed in from the top."""

from __future__ import annotations

import ast
import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from okaeri.cli.app import app
from tests.docs.walkthrough import Step, commands, says, steps, words_of
from tests.structure.tree import ROOT, short

pytestmark = pytest.mark.slow
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("docs/how-to/*.md"))]
BY_A_SHELL = ROOT / "README.md"
"""The page whose every command starts a process; on the others only what needs a shell does."""
ENVIRONMENT = {"LANG": "C.UTF-8", "COLUMNS": "100", "OKAERI_LANG": "en"}
SHELL_ONLY = {"sh", "sql", "json", "toml", "text", "latex", "html"}


@pytest.mark.parametrize("document", PAGES, ids=short)
def test_a_page_does_what_it_says(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OKAERI_WORKSPACE", raising=False)  # the web application's tests have one of their own
    names: dict[str, Any] = {"__name__": "page"}

    for step in steps(document):
        follow(step, document=document, folder=tmp_path, names=names)


def follow(step: Step, *, document: Path, folder: Path, names: dict[str, Any]) -> None:
    if step.kind == "csv" and step.name:
        (folder / step.name).write_text(step.body, "utf-8")
    elif step.kind == "console":
        type_in(step, document=document, folder=folder)
    elif step.kind == "python" and ">>>" in step.body:
        try_out(step, document=document, names=names)
    elif step.kind == "python":
        tree = ast.parse(step.body, filename=short(document))
        exec(compile(ast.increment_lineno(tree, step.line), short(document), "exec"), names)
    else:
        assert step.kind in SHELL_ONLY, f"{short(document)}:{step.line}: no rule for a {step.kind!r} block"


def type_in(step: Step, *, document: Path, folder: Path) -> None:
    """Run each command of a console block; it must succeed and print what the page shows."""
    for command in commands(step.body):
        words = words_of(command.typed)
        here = document != BY_A_SHELL and words[:1] == ["okaeri"]
        code, printed = run_here(words[1:]) if here else run_in_shell(command.typed, folder=folder)
        assert code == 0, f"{short(document)}:{step.line}: {command.typed}\n{printed}"
        assert says(printed, command.printed), f"{short(document)}:{step.line}: {command.typed}\n{printed}"


def run_here(words: list[str]) -> tuple[int, str]:
    """Run `okaeri` in this process, which spares the start of another."""
    found = CliRunner().invoke(app, words, env=ENVIRONMENT)
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.output


def run_in_shell(typed: str, *, folder: Path) -> tuple[int, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, **ENVIRONMENT}
    ran = subprocess.run(typed, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


def try_out(step: Step, *, document: Path, names: dict[str, Any]) -> None:
    """Run an interactive block as a doctest that shares the page's names."""
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(optionflags=options, verbose=False)
    said: list[str] = []
    example = doctest.DocTestParser().get_doctest(step.body, names, short(document), short(document), step.line)
    runner.run(example, out=said.append, clear_globs=False)
    names.update(example.globs)

    assert not said, "".join(said)


def test_a_link_between_pages_leads_somewhere() -> None:
    broken = []
    for document in [*PAGES, *sorted(ROOT.glob("docs/**/*.md")), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text("utf-8")):
            if not (document.parent / target).exists():
                broken.append(f"{short(document)} → {target}")

    assert not broken
