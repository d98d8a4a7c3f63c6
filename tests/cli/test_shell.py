"""`okaeri` as a process: what reaches which stream, how it stops, what it loads."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Okaeri, shell_environment

AMBIGUOUS = "order_id,customer_id,ordered_at,amount\n1,Aki,3/4/2024,5\n2,Aki,5/6/2024,7\n"


def test_json_stands_alone_on_stdout(from_shell: Okaeri, made_shop: Path) -> None:
    measured = from_shell("measure", "crr", "--json", "--workspace", str(made_shop))

    assert measured.code == 0
    assert measured.out.startswith("{")
    assert measured.document["metric"] == "crr"
    assert measured.err == ""


def test_json_is_utf_8_whatever_the_locale(from_shell: Okaeri) -> None:
    refused = from_shell("tables", "--workspace", "店", "--json", env={"LC_ALL": "C", "PYTHONIOENCODING": "cp932"})

    assert "店" in refused.document["error"]


def test_an_error_is_one_document_on_stdout_and_words_on_stderr(from_shell: Okaeri) -> None:
    refused = from_shell("tables", "--json", "--lang", "ko")

    assert refused.code == 2
    assert set(refused.document) == {"error", "advice"}
    assert refused.document["error"] in refused.err
    assert "Traceback" not in refused.err


def test_nothing_is_coloured_where_nobody_looks(from_shell: Okaeri, made_shop: Path) -> None:
    for line in (["--help"], ["measure", "crr", "--workspace", str(made_shop)], ["tables", "--workspace", "none"]):
        ran = from_shell(*line)

        assert "\x1b" not in ran.out + ran.err


def test_nobody_is_asked_where_nobody_can_answer(from_shell: Okaeri, tmp_path: Path) -> None:
    (tmp_path / "uk.csv").write_text(AMBIGUOUS, encoding="utf-8")
    from_shell("init")

    refused = from_shell("import", "uk.csv", "--as", "orders")

    assert refused.code == 2
    assert "--date-order" in refused.err


def test_on_a_terminal_the_order_of_day_and_month_is_asked(from_shell: Okaeri, tmp_path: Path) -> None:
    (tmp_path / "uk.csv").write_text(AMBIGUOUS, encoding="utf-8")
    from_shell("init")

    code, said = on_a_terminal(tmp_path, "import", "uk.csv", "--as", "orders", answers="first\n1\n")

    assert code == 0
    assert "1, 2 or 3?" in said
    assert "Please answer" in said
    assert from_shell("measure", "apv", "--by", "day", "--json").document["rows"][0]["period_start"] == "2024-04-03"


def test_on_a_terminal_an_erasure_waits_for_a_yes(from_shell: Okaeri, shop: Okaeri, tmp_path: Path) -> None:
    code, said = on_a_terminal(tmp_path, "forget", "Aki", answers="\n")

    assert code == 1
    assert "[y/N]" in said
    assert from_shell("tables", "--json").document["tables"][0]["rows"] == 7


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_calm_and_leaves_the_lake_whole(from_shell: Okaeri, tmp_path: Path, stop: signal.Signals) -> None:
    rows = (f"{n},C{n % 5000},2024-01-{n % 28 + 1:02},{n % 90}.50\n" for n in range(600_000))
    (tmp_path / "many.csv").write_text("order_id,customer_id,ordered_at,amount\n" + "".join(rows), encoding="utf-8")
    from_shell("init")
    importing = subprocess.Popen(
        [sys.executable, "-m", "okaeri.cli", "import", "many.csv", "--as", "orders"],
        cwd=tmp_path,
        env=shell_environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while importing.poll() is None and not reads(importing.pid, "many.csv"):
        time.sleep(0.005)
    importing.send_signal(stop)
    _out, err = importing.communicate(timeout=60)

    assert importing.returncode == 130
    assert "lake is whole" in err.decode()
    assert "Traceback" not in err.decode()
    assert from_shell("doctor", "--json").document["healthy"]
    assert from_shell("import", "many.csv", "--as", "orders", "--json").document["new"] == 600_000


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    line = f"'{sys.executable}' -m okaeri.cli tables orders --json | true; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=shell_environment({}), capture_output=True, timeout=60)

    assert ran.returncode == 0
    assert ran.stderr == b""


@pytest.mark.parametrize("line", [["--help"], ["import", "--help"], ["init"]])
def test_what_needs_no_facts_loads_nothing_heavy(tmp_path: Path, line: list[str]) -> None:
    code = f"""
import sys
from okaeri.cli import main
sys.argv = ["okaeri", *{line!r}]
try:
    main()
finally:
    heavy = {{"duckdb", "pyarrow", "deltalake", "numpy", "scipy", "pandas", "altair", "typst"}} & set(sys.modules)
    print(sorted(heavy), file=sys.stderr)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=shell_environment({}), capture_output=True, timeout=60
    )

    assert ran.stderr.decode().strip() == "[]"


def test_measuring_does_not_load_pandas(tmp_path: Path, made_shop: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "okaeri.cli", "measure", "crr", "--workspace", str(made_shop)],
        cwd=tmp_path,
        env=shell_environment({}),
        capture_output=True,
        timeout=60,
    )
    loaded = {line.rsplit("|", 1)[-1].strip() for line in ran.stderr.decode().splitlines() if "import time" in line}

    assert ran.returncode == 0
    assert "duckdb" in loaded
    assert not {"pandas._libs", "altair", "vl_convert", "typst", "scipy.stats"} & loaded


def on_a_terminal(folder: Path, *arguments: str, answers: str) -> tuple[int, str]:
    """Run `okaeri` on a terminal of its own, type the answers, and return how it ended and what was on the screen."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "okaeri.cli", *arguments],
        cwd=folder,
        env=shell_environment({"TERM": "dumb"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, answers.encode())
    said = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the terminal is closed when the process ends
            break
        said += piece
    os.close(ours)
    return running.wait(timeout=60), said.decode()


def reads(process: int, name: str) -> bool:
    """Whether a process has a file open."""
    try:
        return any(os.readlink(link).endswith(name) for link in Path(f"/proc/{process}/fd").iterdir())
    except OSError:  # a file that was closed meanwhile
        return False
