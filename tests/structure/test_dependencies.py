"""Each dependency is explained once and pinned once."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import combinations

import pytest

from tests.structure.tree import LOCKS, ROOT, modules, parsed

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAME = re.compile(r"^[\w-]+")
REASONS = (ROOT / "docs" / "decisions" / "dependencies.md").read_text("utf-8")


def names(requirements: list[str]) -> list[str]:
    return [match[0] for requirement in requirements if (match := NAME.match(requirement))]


RUNTIME = names(PROJECT["project"]["dependencies"])
EXTRAS = [one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra]
OPTIONAL = [name for name in names(EXTRAS) if name != "okaeri"]  # an extra may bring another one
GROUPS = names([one for group in PROJECT["dependency-groups"].values() for one in group])


@pytest.mark.parametrize("name", sorted({*RUNTIME, *OPTIONAL, *GROUPS}))
def test_a_dependency_has_a_line_that_says_why(name: str) -> None:
    assert re.search(rf"^\| {name} \|", REASONS, re.MULTILINE)


def test_what_the_library_imports_is_declared() -> None:
    """What comes with something else may stop coming with it."""
    homes = packages_distributions()
    imported = {name for path in modules() for name in imports(parsed(path))} - set(sys.stdlib_module_names)
    declared = {canonical(name) for name in [*RUNTIME, *OPTIONAL, *GROUPS]}

    assert imported
    assert not {name for name in imported - {"okaeri"} if not declared & set(map(canonical, homes.get(name, [name])))}


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", RUNTIME)
def test_a_runtime_dependency_is_pinned_in_every_lock(name: str) -> None:
    for lock in LOCKS:
        assert re.search(rf"^{name}==", (ROOT / lock).read_text("utf-8"), re.MULTILINE)


def test_who_only_uses_okaeri_gets_no_tools_for_tests() -> None:
    groups = PROJECT["dependency-groups"]
    workshop = {*names(groups["test"]), *names(groups["dev"])}
    extras = PROJECT["project"]["optional-dependencies"]
    using = {re.sub(r"\[.*", "", name) for name in names([*extras["web"], *extras["databases"], *groups["build"]])}

    assert "pandas" in workshop
    assert not workshop & pinned("requirements.lock").keys()
    assert using - {"okaeri"} <= pinned("requirements.lock").keys()


def test_all_locks_pin_the_same_versions() -> None:
    for first, other in combinations(map(pinned, LOCKS), 2):
        assert not {name for name in first.keys() & other.keys() if first[name] != other[name]}
