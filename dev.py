#!/usr/bin/env python3
"""`python3 dev.py demo|test|check|…`, or `make` with the same words: one command from a clone to a result.

Standard library only, and Python 3.8 can start it. It makes .venv from requirements.lock, with uv where that is
installed and venv + pip elsewhere, and anew only when that lock changes. What tests, benchmarks and Spark need comes
from hash-pinned locks of their own, once it is asked for.
"""

from __future__ import annotations

import argparse
import glob
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
BENCH_LOCK = ROOT / "requirements-bench.lock"
SPARK_LOCK = ROOT / "requirements-spark.lock"
OLDEST = (3, 11)
IN_CI = os.environ.get("CI") == "true"
SYSTEM_TOOLS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "poppler-utils": ("pdftoppm",),
    "default-jre-headless": ("java",),
    "postgresql": ("initdb", "/usr/lib/postgresql/*/bin/initdb"),
}


def main() -> int:
    """Run one command; its exit status is the first one that is not 0."""
    words = "\n".join(f"  {name:6}  {(command.__doc__ or '').splitlines()[0]}" for name, command in COMMANDS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"commands:\n{words}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS, nargs="?", default="demo", help="demo, unless named")
    arguments, rest = parser.parse_known_args()
    os.chdir(ROOT)
    try:
        COMMANDS[arguments.command](rest)
    except subprocess.CalledProcessError as failed:
        return int(failed.returncode)
    except KeyboardInterrupt:
        return 130
    return 0


def setup(_: list[str] | None = None) -> None:
    """Make .venv from the lock, install Okaeri in it, editable, and cut its fonts."""
    if changed("lock", LOCK):
        make_environment()
        install_locked(LOCK)
        settled("lock", LOCK)
    if changed("project", LOCK, ROOT / "pyproject.toml"):
        # The build backend comes from the lock, so nothing unpinned is fetched to build the project.
        install("--no-deps", "--no-build-isolation", "--editable", ".")
        settled("project", LOCK, ROOT / "pyproject.toml")
    if changed("fonts", LOCK):
        run(PYTHON, "-c", "from okaeri.charts.fonts import font_files; font_files('en')")  # else the first report waits
        settled("fonts", LOCK)


def setup_workshop() -> None:
    """Add what changing Okaeri needs: linters, types and tests."""
    setup()
    if changed("test", LOCK, TEST_LOCK):
        install_locked(TEST_LOCK)
        settled("test", LOCK, TEST_LOCK)


def demo(rest: list[str]) -> None:
    """Build a sample company and open it in the browser."""
    setup()
    run(BIN / "okaeri", "demo", *rest)


def check(rest: list[str]) -> None:
    """Format, lint, types, import directions and the shape of the code; changes nothing."""
    setup_workshop()
    check_style()
    run(PYTHON, "-m", "pytest", "-q", "tests/structure", *rest)


def test(rest: list[str]) -> None:
    """Everything that CI runs: the checks, then every test. Arguments go to pytest."""
    setup_workshop()
    install_system_tools()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # there are processes enough: threads would wait for one another
    if rest:
        install_spark()
        run(PYTHON, "-m", "pytest", *rest)
        return
    # Spark leaves a core free half of the time: the second database and the checks have it meanwhile
    with beside(sys.executable, "dev.py", "spark"):
        run(PYTHON, "-m", "tests.web.postgres")
        check_style()
    # killed, served and browsed programs are waited for: two cores have work for three
    run(PYTHON, "-m", "pytest", "-m", "not cluster", "-n", "3", "--dist", "worksteal")


def spark(rest: list[str]) -> None:
    """The tests that need a Spark cluster, on one of this machine."""
    setup_workshop()
    install_spark()
    run(PYTHON, "-m", "pytest", "-m", "cluster", "tests/engines", *rest)


def bench(rest: list[str]) -> None:
    """Time Okaeri beside its peers and print the table."""
    setup_workshop()
    install_spark()
    if changed("bench", LOCK, BENCH_LOCK):
        install_locked(BENCH_LOCK)
        settled("bench", LOCK, BENCH_LOCK)
    run(PYTHON, "-m", "bench", *rest)


def tidy(_: list[str]) -> None:
    """Format the code, mend what the linter can, and write the reference pages again."""
    setup_workshop()
    run(PYTHON, "-m", "ruff", "format", ".")
    run(PYTHON, "-m", "ruff", "check", "--fix", ".")
    run(PYTHON, "-m", "okaeri.metrics.reference", "docs/reference")


def lock(rest: list[str]) -> None:
    """Resolve the dependencies of pyproject.toml into the four locks (needs uv)."""
    compile_lock(TEST_LOCK, "--extra", "web", "--group", "build", "--group", "dev", "--group", "test", *rest)
    alike = ("--constraints", str(TEST_LOCK))
    compile_lock(LOCK, "--extra", "web", "--group", "build", *alike, *rest)
    compile_lock(BENCH_LOCK, "--group", "bench", "--group", "test", *alike, *rest)
    compile_lock(SPARK_LOCK, "--extra", "spark", "--group", "test", *alike, *rest)


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "setup": setup,
    "demo": demo,
    "test": test,
    "check": check,
    "spark": spark,
    "bench": bench,
    "tidy": tidy,
    "lock": lock,
}


def run(*command: str | Path) -> None:
    """Run a command and stop at its failure."""
    subprocess.run([str(part) for part in command], check=True)


@contextmanager
def beside(*command: str | Path) -> Iterator[None]:
    """Run a command beside what the block does; its failure counts once the block is through."""
    words = [str(part) for part in command]
    with subprocess.Popen(words) as running:
        try:
            yield
        except BaseException:
            running.terminate()
            raise
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, words)


def check_style() -> None:
    """What can be said of the code without running it."""
    run(PYTHON, "-m", "ruff", "format", "--check", ".")
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "mypy")
    run(BIN / "lint-imports", "--no-cache")


def make_environment() -> None:
    """An empty .venv of a Python that is new enough."""
    uv = find_uv()
    if uv:
        run(uv, "venv", "--quiet", "--clear", "--python", find_python() or ">=3.11", VENV)
        return
    python = find_python("ensurepip")
    if not python:
        sys.exit(
            "Okaeri needs Python 3.11 or newer with venv. Install one (Debian: apt-get install python3-venv), "
            "or uv, or name a Python in OKAERI_PYTHON."
        )
    run(python, "-m", "venv", "--clear", VENV)


def install_locked(lock_file: Path) -> None:
    """Install exactly what a lock holds; a file that does not match its hash is refused."""
    install("--require-hashes", "--requirement", str(lock_file))


def install(*arguments: str) -> None:
    """Install with uv, or else with pip."""
    uv = find_uv()
    if uv:
        run(uv, "pip", "install", "--quiet", "--python", PYTHON, *arguments)
    else:
        # Python compiles what it loads: a tenth of what there is
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", *arguments)


def install_system_tools() -> None:
    """Bring Chromium, poppler, Java and PostgreSQL, which tests need, where this may be done."""
    missing = [package for package, names in SYSTEM_TOOLS.items() if not any(map(is_here, names))]
    if not missing:
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)
    elif IN_CI:
        sys.exit(f"CI needs {' and '.join(missing)}, and only root can install them here.")
    else:
        print(f"Without {' and '.join(missing)} some tests are skipped; install them to run all.", file=sys.stderr)


def is_here(program: str) -> bool:
    """Whether a program is on the PATH, or at a place that a pattern names."""
    return bool(glob.glob(program) if os.sep in program else shutil.which(program))


def install_spark() -> None:
    """Bring PySpark, which is half a gigabyte and nothing that a demo needs."""
    if changed("spark", LOCK, SPARK_LOCK):
        # it comes as source; what builds it comes from the lock
        install("--no-build-isolation", "--require-hashes", "--requirement", str(SPARK_LOCK))
        settled("spark", LOCK, SPARK_LOCK)


def compile_lock(target: Path, *arguments: str) -> None:
    """Write one lock: every platform and Python from 3.11, with hashes and without addresses."""
    uv = find_uv() or sys.exit("`dev.py lock` needs uv.")
    options = "--universal --generate-hashes --no-emit-index-url --no-annotate --quiet --python-version 3.11".split()
    note = "--custom-compile-command=python3 dev.py lock"
    run(uv, "pip", "compile", *options, note, "--output-file", target.name, "pyproject.toml", *arguments)


def find_uv() -> str | None:
    """Where uv is, unless OKAERI_NO_UV says to do without."""
    return None if os.environ.get("OKAERI_NO_UV") else shutil.which("uv")


def find_python(*needed: str) -> str | None:
    """The first Python here that is new enough and has the `needed` modules."""
    newest_first = [shutil.which(f"python3.{minor}") for minor in (13, 12, 11, 14)]
    versions = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.1[1-9]*/bin/python")), reverse=True)
    candidates = [os.environ.get("OKAERI_PYTHON"), sys.executable, *newest_first, *versions]
    return next((python for python in candidates if python and suits(python, needed)), None)


def suits(python: str, needed: tuple[str, ...]) -> bool:
    """Whether a Python is new enough and has the modules."""
    imports = ", ".join(["sys", *needed])
    code = f"import {imports}; sys.exit(sys.version_info[:2] < {OLDEST})"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def changed(what: str, *inputs: Path) -> bool:
    """Whether `what` was made from other inputs than these, in another place, or never."""
    stamp = VENV / f".okaeri-{what}"
    return not (PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(*inputs))


def settled(what: str, *inputs: Path) -> None:
    """Remember what `what` was made from; written last, so a broken installation is made again."""
    (VENV / f".okaeri-{what}").write_text(fingerprint(*inputs))


def fingerprint(*inputs: Path) -> str:
    """One line that changes when an input, the project's place or the installer does (uv leaves no pip behind)."""
    digest = hashlib.sha256(f"{ROOT} {bool(find_uv())}".encode())
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
