"""`okaeri demo`: a simulated shop to look around in, served on this machine only, signed in as its owner."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.serving import become, check_installed, check_port
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.demo import Size

SIZES = ("small", "medium", "large")
DEFAULT_DEMO = Path("okaeri-demo")
HORIZON, REPLAYED = 90, 2


@described(
    "demo",
    _("Look around: build a simulated shop and open it in the browser."),
    details=_(
        "The shop is invented, so the true reason why each customer left is known. It is built once into "
        "./okaeri-demo; the next run only opens it again. The address signs you in as the shop's owner, on this "
        "machine alone and until Ctrl-C."
    ),
    examples=(
        ("okaeri demo", _("2,000 customers, ready within a minute")),
        ("okaeri demo --size medium --lang ko", _("More customers; the pages are in Korean first")),
        ("okaeri demo --no-serve", _("Build it, then stop")),
        ("okaeri measure crr --workspace okaeri-demo", _("Then measure in it as in your own")),
    ),
)
def demo(
    context: typer.Context,
    size: Annotated[
        str, option("--size", _("How many customers; small unless named."), metavar="small|medium|large")
    ] = "small",
    serve: Annotated[
        bool, option("--serve/--no-serve", _("Whether to open it in the browser; yes unless told otherwise."))
    ] = True,
    port: Annotated[
        int, option("--port", _("Port on 127.0.0.1; 8765 or the next free one unless named."), metavar="PORT")
    ] = 0,
) -> None:
    """Build what is missing; serve it."""
    if size not in SIZES:
        raise unknown(_("size"), size, SIZES, listed_by="okaeri demo --help")
    check_port(port)
    if serve:
        check_installed()
    session = session_of(context)
    folder = session.workspace or DEFAULT_DEMO
    built = _build(folder, size)
    if serve:
        _serve(folder, port=port, as_json=session.as_json)
    if built and size != "large":  # there it would take minutes; its commands are there for whoever wants to wait
        _foretell(folder)
    if session.as_json:
        output.emit({"workspace": folder, "built": built, "address": None})
    else:
        _show(folder)


def _build(folder: Path, size: str) -> bool:
    from okaeri.facts.workspace import SETTINGS_FILE

    if (folder / SETTINGS_FILE).exists():
        return False
    from okaeri.demo import build

    with output.progress(_("Building the shop")) as advance:
        build(folder, size=cast("Size", size), now=datetime.now(UTC), progress=advance)
    return True


def _foretell(folder: Path) -> None:
    """Keep what is foretold of the shop's customers, and what would have been on two past days."""
    from okaeri.foretelling import past_days, replay_churn
    from okaeri.shop import open as open_shop

    shop = open_shop(folder)
    with output.progress(_("Foretelling who may leave")) as advance:
        replay_churn(shop, days=past_days(shop, horizon_days=HORIZON, count=REPLAYED), progress=advance)
        shop.predict_churn(progress=advance)
        shop.segments()


def _show(folder: Path) -> None:
    output.say(_("✓ The demo shop is in {path}.").format(path=folder), style="fine")
    step = f"okaeri measure crr --by month --workspace {folder}"
    output.say(_("  Next: {command}").format(command=step), style="try")


def _serve(folder: Path, *, port: int, as_json: bool) -> None:
    if not as_json:
        output.remark(_("Making the pages ready; this takes half a minute the first time."))
    arguments = [*([f"--port={port}"] if port else []), *(["--json"] if as_json else [])]
    become(folder, "serve", *arguments, extra={"OKAERI_DEMO": "1"})
