"""`okaeri demo`: a simulated shop to look around in, its report in three languages, served on this machine only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from okaeri.base.errors import NothingUsable, OkaeriError, unknown
from okaeri.base.text import LANGUAGES, _, current_language, use_language
from okaeri.cli import output
from okaeri.cli.help import described, option
from okaeri.cli.reporting import prepare_fonts
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.demo import Size

SIZES = ("small", "medium", "large")
DEFAULT_DEMO = Path("okaeri-demo")
PORT = 8765
HORIZON, REPLAYED = 90, 2
# The page brings its own, stricter policy; this one also covers whatever is not the page.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@described(
    "demo",
    _("Look around: build a simulated shop, write its report and show it in the browser."),
    details=_(
        "The shop is invented, so the true reason why each customer left is known. It is built once into "
        "./okaeri-demo; the next run only writes the report again. The page is served to this machine alone; Ctrl-C "
        "ends it."
    ),
    examples=(
        ("okaeri demo", _("2,000 customers, ready in seconds")),
        ("okaeri demo --size medium --lang ko", _("More customers; the address opens in Korean")),
        ("okaeri demo --no-serve", _("Build and write, then stop")),
        ("okaeri measure crr --workspace okaeri-demo", _("Then measure in it as in your own")),
    ),
)
def demo(
    context: typer.Context,
    size: Annotated[
        str, option("--size", _("How many customers; small unless named."), metavar="small|medium|large")
    ] = "small",
    serve: Annotated[
        bool, option("--serve/--no-serve", _("Whether to serve the report; yes unless told otherwise."))
    ] = True,
    port: Annotated[
        int, option("--port", _("Port on 127.0.0.1; 8765 or the next free one unless named."), metavar="PORT")
    ] = 0,
) -> None:
    """Build what is missing, write the reports, serve them."""
    if size not in SIZES:
        raise unknown(_("size"), size, SIZES, listed_by="okaeri demo --help")
    if not 0 <= port <= 65535:
        raise OkaeriError(_("There is no port {port}.").format(port=port), advice=_("Name one from 1 to 65535."))
    session = session_of(context)
    folder = session.workspace or DEFAULT_DEMO
    built = _build(folder, size)
    reports = _write_reports(folder)
    server = _server(folder / "reports", port) if serve else None
    address = f"http://127.0.0.1:{server.server_port}/{current_language()}.html" if server else None
    if session.as_json:
        output.emit({"workspace": folder, "built": built, "reports": reports, "address": address})
    else:
        _show(folder, reports, address)
    if server:
        _serve(server)


def _build(folder: Path, size: str) -> bool:
    from okaeri.facts.workspace import SETTINGS_FILE

    if (folder / SETTINGS_FILE).exists():
        return False
    from okaeri.demo import build

    with output.progress(_("Building the shop")) as advance:
        build(folder, size=cast("Size", size), now=datetime.now(UTC), progress=advance)
    if size != "large":  # there it would take minutes; its commands are there for whoever wants to wait
        _foretell(folder)
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


def _write_reports(folder: Path) -> dict[str, str]:
    from okaeri.shop import open as open_shop

    prepare_fonts()
    out = folder / "reports"
    out.mkdir(exist_ok=True)
    shop = open_shop(folder)
    segment = "channel" if "channel" in shop.columns() else None
    with output.progress(_("Writing the report")) as advance:
        for place, language in enumerate(LANGUAGES):
            with use_language(language):
                shop.report(out / f"{language}.html", segment=segment)
            if advance:
                advance("", (place + 1) / len(LANGUAGES))
    return {language: str(out / f"{language}.html") for language in LANGUAGES}


def _show(folder: Path, reports: dict[str, str], address: str | None) -> None:
    output.say(_("✓ The demo shop is in {path}.").format(path=folder), style="fine")
    for language, path in reports.items():
        output.say(f"  {language}  {path}")
    step = f"okaeri measure crr --by month --workspace {folder}"
    output.say(_("  Next: {command}").format(command=step), style="try")
    if address:
        output.say("")
        output.say(_("The report is at {address}  (Ctrl-C ends it)").format(address=address), style="brand")


class Handler(SimpleHTTPRequestHandler):
    """Serves the report files, and nothing else, with strict headers."""

    server_version, sys_version = "okaeri", ""
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".html": "text/html; charset=utf-8"}  # noqa: RUF012

    def end_headers(self) -> None:
        """Add the headers every answer carries."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def send_head(self) -> Any:
        """Answer for a report file only; the root leads to the English one."""
        name = self.path.split("?", 1)[0].lstrip("/")
        if name == "":
            self.path = "/en.html"
        elif name not in {f"{language}.html" for language in LANGUAGES}:
            self.send_error(404)
            return None
        return super().send_head()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: nobody's visit is recorded."""


def _server(folder: Path, port: int) -> ThreadingHTTPServer:
    handler: Callable[..., SimpleHTTPRequestHandler] = partial(Handler, directory=str(folder))
    for candidate in [port] if port else [*range(PORT, PORT + 20), 0]:
        try:
            return ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except OSError:
            continue
    raise NothingUsable(
        _("Port {port} is taken.").format(port=port),
        advice=_("Leave --port out and a free one is found, or name another."),
    )


def _serve(server: ThreadingHTTPServer) -> None:
    sys.stdout.flush()  # whoever reads the address through a pipe must not wait for the end
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        output.remark(_("The report is no longer served. The demo stays; `okaeri demo` shows it again."), style="")
    finally:
        server.server_close()
