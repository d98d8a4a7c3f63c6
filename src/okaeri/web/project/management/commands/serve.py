"""`serve`: the web application and its worker, until they are told to stop."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from okaeri.base.text import _
from okaeri.web.core.people.models import User
from okaeri.web.project import door
from okaeri.web.project.furnishing import furnish
from okaeri.web.project.preparing import HERE, check_reach, hand_over, prepare, where_to_listen


class Command(BaseCommand):
    """Prepares, says where, and hands over to the supervisor."""

    help = "Serve the web application."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen, and how to say so."""
        parser.add_argument("--host")
        parser.add_argument("--port", type=int)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        host, port = where_to_listen(options["host"], options["port"])
        check_reach(host)
        prepare()
        if settings.OKAERI.demo:
            furnish()
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if settings.OKAERI.demo:
            address = f"{address}/demo/?token={door.make()}"
        elif host not in HERE:
            address = settings.OKAERI.address
        hand_over("web", "worker", announce=_announcement(address, as_json=options["json"]), listen=f"{host}:{port}")


def _announcement(address: str, *, as_json: bool) -> str:
    if as_json:
        return json.dumps({"address": address, "workspace": str(settings.OKAERI.workspace)}, ensure_ascii=False)
    lines = [str(_("Okaeri is at {address}  (Ctrl-C ends it)").format(address=address))]
    if not User.objects.exists():
        lines.append(str(_("Nobody has an account yet: whoever opens it first becomes its owner.")))
    return "\n".join(lines)
