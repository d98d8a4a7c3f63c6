"""`python -m tests.web.postgres`: the tests of the web application once more, on a PostgreSQL of their own.

The server lives in a temporary folder, listens at a socket in it, and is gone with the run.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNPRIVILEGED = "postgres"  # the account that its package makes: the server refuses to run as root
QUICK = "fsync=off synchronous_commit=off full_page_writes=off shared_buffers=64MB max_connections=40".split()


def main() -> int:
    """Run pytest with the arguments given, or the quick tests of the web application."""
    programs = find_programs()
    if programs is None:
        print("There is no PostgreSQL here (Debian: apt-get install postgresql).", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    asked = sys.argv[1:] or ["tests/web", "-m", "not browser and not slow and not real_data", "-n", "2"]
    with server(programs) as address:
        environment = {**os.environ, "OKAERI_TEST_DATABASE": address}
        return subprocess.run([sys.executable, "-m", "pytest", *asked], env=environment).returncode


def find_programs() -> Path | None:
    """Where `initdb` and `postgres` are: on the PATH, or where Debian puts them, the newest first."""
    named = shutil.which("initdb")
    places = [Path(named).resolve().parent] if named else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: place.parent.name, reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


@contextmanager
def server(programs: Path, *, port: int | None = None) -> Iterator[str]:
    """A server for the block; yields its address as the settings want it: a socket, or a `port` of this machine."""
    folder = Path(tempfile.mkdtemp(prefix="okaeri-pg-"))
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    make = "--auth=trust --username=okaeri --encoding=UTF8 --locale=C.UTF-8 --no-sync".split()
    try:
        run_as(user, programs / "initdb", *make, "--pgdata", folder / "data", folder=folder)
        running = start(programs, folder, user, port=port)
        try:
            place = f"127.0.0.1:{port}/postgres" if port else f"/postgres?host={folder}"
            yield f"postgresql://okaeri@{place}"
        finally:
            running.terminate()
            running.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start(programs: Path, folder: Path, user: str | None, *, port: int | None) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers."""
    listening = ["listen_addresses=127.0.0.1", f"port={port}"] if port else ["listen_addresses="]
    settings = [*QUICK, *listening, f"unix_socket_directories={folder}"]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), *(f"--{setting}" for setting in settings)]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, user=user)
    until = time.monotonic() + 30
    asking = [str(programs / "pg_isready"), "-q", "-h", str(folder), *(["-p", str(port)] if port else [])]
    while subprocess.run(asking).returncode:
        if running.poll() is not None or time.monotonic() > until:
            sys.exit((folder / "log").read_text("utf-8", "replace"))
        time.sleep(0.1)
    return running


def run_as(user: str | None, *command: str | Path, folder: Path) -> None:
    """Run a command as a user, quietly; its words are shown when it fails."""
    words = [str(part) for part in command]
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, user=user)
    if ran.returncode:
        sys.exit(ran.stdout + ran.stderr)


if __name__ == "__main__":
    sys.exit(main())
