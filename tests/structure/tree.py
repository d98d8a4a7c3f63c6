"""The project's own files, as the structure tests see them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "okaeri"
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-bench.lock", "requirements-spark.lock")
TEXT_SUFFIXES = {".py", ".md", ".toml", ".sql", ".po", ".css", ".html", ".j2", ".typ", ".txt", ".lock", ".csv", ""}


@cache
def tracked() -> tuple[Path, ...]:
    """Every text file that is in the repository or would be at the next `git add`."""
    paths = (ROOT / line for line in listed("--cached", "--others", "--exclude-standard"))
    return tuple(path for path in paths if path.suffix in TEXT_SUFFIXES and path.is_file())


def ignored(*places: str) -> list[str]:
    """The files in some places that .gitignore keeps out."""
    return listed("--others", "--ignored", "--exclude-standard", "--", *places)


def listed(*asked: str) -> list[str]:
    """What git lists; CI may check the files out as somebody else than the one who runs the tests."""
    command = ["git", "-c", "safe.directory=*", "ls-files", *asked]
    return sorted(
        set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines())
    )


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the library that people wrote."""
    return tuple(path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    """A Python file as a syntax tree."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def short(path: Path) -> str:
    """A path as a person names it, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """The functions and classes a module offers to others."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
