"""What the web application is told from outside: environment first, then `[web]` in `okaeri.toml`, then defaults.

Everything is read and checked once, when the application starts.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.locks import held
from okaeri.facts.parquet import write_safely
from okaeri.facts.workspace import Workspace

PREFIX = "OKAERI_"
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")
_DATABASES = ("postgres", "postgresql")
_MAIL = ("smtp", "smtps", "smtp+tls", "console", "file")


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """The application's settings; `address` is where people reach it, `mail` and `database` are URLs.

    `upload_mb` is how large a file may be that comes through the browser; `files` is the one folder of this machine
    that saved connections may read, "" for none. `private_webhooks` lets messages go into the server's own network.
    `proxies` are the addresses and networks whose word counts on where a request comes from.

    >>> Config(workspace=Path("shop"), secret="s" * 50).address
    'http://127.0.0.1:8765'
    """

    workspace: Path
    secret: str
    address: str = "http://127.0.0.1:8765"
    hosts: tuple[str, ...] = ()
    database: str = ""
    mail: str = ""
    sender: str = ""
    demo: bool = False
    upload_mb: int = 2048
    files: str = ""
    private_webhooks: bool = False
    proxies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_url(self.address, ("http", "https"), name="address", example="https://okaeri.example.com")
        if self.database:
            _check_url(self.database, _DATABASES, name="database", example="postgresql://okaeri@localhost/okaeri")
        if self.mail:
            _check_url(self.mail, _MAIL, name="mail", example="smtp+tls://user:password@mail.example.com:587")
        for each in self.proxies:
            _check_network(each)
        if len(self.secret) < 32:
            raise OkaeriError(
                _("The secret key is shorter than 32 characters."),
                advice=_("Leave OKAERI_SECRET unset and one is made, or set a longer one."),
            )

    @property
    def https(self) -> bool:
        """Whether people reach the application over TLS, so that cookies may insist on it."""
        return self.address.startswith("https://")

    @property
    def allowed_hosts(self) -> list[str]:
        """The names the application answers to; on this machine alone unless an address says otherwise."""
        return sorted({urlsplit(self.address).hostname or "", "127.0.0.1", "[::1]", "localhost", *self.hosts} - {""})


def read_config(environment: Mapping[str, str]) -> Config:
    """The settings of this process; raises `OkaeriError` that names the setting that cannot be read."""
    folder = Path(environment.get(f"{PREFIX}WORKSPACE", "okaeri-workspace")).resolve()
    written = Workspace.open(folder).section("web")
    known = {field.name for field in fields(Config)} - {"workspace", "secret"}
    for name in written:
        if name not in known:
            raise OkaeriError(
                _("There is no web setting called {name}.").format(name=name),
                advice=_("Those of [web] in okaeri.toml are: {known}.").format(known=", ".join(sorted(known))),
            )
    found: dict[str, Any] = {
        name: environment.get(f"{PREFIX}{name.upper()}", written.get(name)) for name in sorted(known)
    }
    found = {name: value for name, value in found.items() if value is not None}
    read = {name: _checked(value, name=name) for name, value in found.items()}
    secret = environment.get(f"{PREFIX}SECRET") or _kept_secret(folder)
    return Config(workspace=folder, secret=secret, **read)


def _kept_secret(folder: Path) -> str:
    """The workspace's own secret, made once; only whoever owns the folder may read it."""
    path = folder / "secret.key"
    if not path.exists():
        with held(folder / ".locks" / "secret"):  # two programs may be the first at once
            if not path.exists():
                write_safely(path, secrets.token_urlsafe(48))
    return path.read_text("utf-8").strip()


def _checked(value: Any, *, name: str) -> Any:
    if name in ("hosts", "proxies"):
        return _listed(value, name=name)
    if name in ("demo", "private_webhooks"):
        return _truth(value, name=name)
    return _whole(value, name=name) if name == "upload_mb" else _text(value, name=name)


def _text(value: Any, *, name: str) -> str:
    if not isinstance(value, str):
        raise OkaeriError(
            _("The web setting {name} is no text: {value}.").format(name=name, value=value),
            advice=_("Put it between quotation marks."),
        )
    return value


def _listed(value: Any, *, name: str) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise OkaeriError(
            _("The web setting {name} is no list of names: {value}.").format(name=name, value=value),
            advice=_("Write it like {example}.").format(example='["okaeri.example.com"]'),
        )
    return tuple(one.strip() for one in names if one.strip())


def _truth(value: Any, *, name: str) -> bool:
    word = str(value).strip().lower()
    if word not in (*_TRUE, *_FALSE):
        raise OkaeriError(
            _("The web setting {name} is neither true nor false: {value}.").format(name=name, value=value),
            advice=_("Write true or false."),
        )
    return word in _TRUE


def _whole(value: Any, *, name: str) -> int:
    if not str(value).isdigit() or int(value) < 1:
        raise OkaeriError(
            _("The web setting {name} is no whole number above zero: {value}.").format(name=name, value=value),
            advice=_("Write it like 2048."),
        )
    return int(value)


def _check_network(value: str) -> None:
    try:
        ip_network(value)
    except ValueError:
        raise OkaeriError(
            _("The web setting proxies names {value}, which is neither an address nor a network.").format(value=value),
            advice=_("Write it like {example}.").format(example="127.0.0.1, 10.0.0.0/8"),
        ) from None


def _check_url(value: str, schemes: tuple[str, ...], *, name: str, example: str) -> None:
    if not _is_url(value, schemes):
        raise OkaeriError(
            _("The web setting {name} is no address of a kind that is known.").format(name=name),
            advice=_("Write it like {example}.").format(example=example),
        )


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and (parts.port is None or parts.port > 0)
    except ValueError:  # a port or an address of IPv6 that is none
        return False
