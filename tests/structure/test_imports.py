"""What `import okaeri` may bring along, and what it may cost."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

HEAVY = (
    *("pandas", "polars", "altair", "vl_convert", "typst", "scipy", "deltalake", "fontTools", "jinja2", "openpyxl"),
    *("pyspark", "sqlglot"),
)
SECONDS = 0.5


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("module", HEAVY)
def test_importing_the_library_leaves_heavy_modules_alone(module: str) -> None:
    assert run(f"import sys, okaeri; print({module!r} in sys.modules)") == "False"


def test_the_whole_library_works_without_a_web_framework() -> None:
    code = (
        "import importlib, pkgutil, sys, okaeri\n"
        "found = pkgutil.walk_packages(okaeri.__path__, 'okaeri.')\n"
        "others = ('okaeri.web', 'okaeri.cli.__main__')\n"
        "names = [m.name for m in found if not m.name.startswith(others)]\n"
        "[importlib.import_module(name) for name in names]\n"
        "print(len(names) > 20, 'django' in sys.modules)"
    )

    assert run(code) == "True False"


def test_importing_the_library_takes_under_half_a_second_of_processor_time() -> None:
    run("import okaeri")  # the first one also compiles

    assert min(processor_seconds("import okaeri") for _ in range(3)) < SECONDS


def processor_seconds(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(code)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
