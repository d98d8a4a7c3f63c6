"""Messages of the Segment spec: from JSON that anybody may have sent to what the outbox keeps, and back."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from okaeri.web.core.events.contracts import ANONYMOUS, Message, Received
from okaeri.web.core.events.problems import MOST_LETTERS, MOST_LEVELS, MOST_MESSAGE_BYTES, Refusal
from okaeri.web.core.events.times import moment_of, occurred

KINDS = ("identify", "track", "page", "screen", "group", "alias")
_BODY = {"identify": "traits", "group": "traits"}
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # and halves of characters, which UTF-8 cannot carry
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def understood(raw: object, *, kind: str | None, sent: datetime | None, received: datetime) -> Message:
    """One message; `kind` None means that it says its own type. Raises `Refusal`."""
    if not isinstance(raw, dict):
        raise Refusal("not_object")
    kind = kind or raw.get("type")
    if kind not in KINDS:
        raise Refusal("unknown_type", type=str(kind)[:40])
    user, anonymous = _id(raw, "userId"), _id(raw, "anonymousId")
    if not (user or anonymous):
        raise Refusal("nobody")
    if kind == "alias" and not user:
        raise Refusal("no_user")
    original = moment_of(raw.get("originalTimestamp") or raw.get("timestamp"), field="timestamp")
    own_sent = moment_of(raw.get("sentAt"), field="sentAt")
    return Message(
        kind,
        _id(raw, "messageId") or f"okaeri-{uuid.uuid4()}",
        user,
        anonymous,
        occurred(original, sent=own_sent or sent, received=received),
        _name(raw, kind),
        _body(raw, kind),
    )


def _id(raw: Mapping[str, Any], field: str) -> str:
    value = raw.get(field)
    if value is None or value == "":
        return ""
    found = _text(_number_as_text(value), field)
    if field != "messageId" and found.startswith(ANONYMOUS):
        raise Refusal("reserved", field=field)
    return found


def _text(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_LETTERS or _CONTROL.search(value):
        raise Refusal("bad_text", field=field, most=MOST_LETTERS)
    return value


def _name(raw: Mapping[str, Any], kind: str) -> str:
    if kind == "track":
        return _text(raw.get("event"), "event")
    if kind == "group":
        return _text(_number_as_text(raw.get("groupId")), "groupId")
    if kind == "alias":
        return _id(raw, "previousId") or _text(None, "previousId")
    if kind in ("page", "screen"):
        return _viewed(raw, kind)
    return ""


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _viewed(raw: Mapping[str, Any], kind: str) -> str:
    """What a view of a page is called among events, as the spec's own clients name it."""
    said = [_text(raw[field], field) for field in ("category", "name") if raw.get(field)]
    what = kind.capitalize()
    return f"Viewed {' '.join(said)[:200]} {what}" if said else f"Viewed a {what}"


def _body(raw: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    field = _BODY.get(kind, "properties")
    found = raw.get(field)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refusal("not_map", field=field)
    return found


def check_size(raw: object) -> None:
    """Refuse a message that is too large as it was sent."""
    try:
        size = len(_encode(raw).encode("utf-8"))
    except (ValueError, RecursionError):
        raise Refusal("unreadable") from None
    if size > MOST_MESSAGE_BYTES:
        raise Refusal("too_large", most=MOST_MESSAGE_BYTES // 1024)


def written(message: Message) -> str:
    """A message as JSON for the outbox; raises `Refusal` when it holds what JSON, UTF-8 or a database cannot."""
    row = [
        message.kind,
        message.message_id,
        message.user_id,
        message.anonymous_id,
        message.occurred_at.isoformat(),
        message.name,
        message.body,
    ]
    try:
        text = _encode(row)
        text.encode("utf-8")
    except (ValueError, RecursionError):
        raise Refusal("unreadable") from None
    if "\\u0000" in text and _has_nul(row):
        raise Refusal("unreadable")
    if text.count("{") + text.count("[") > MOST_LEVELS and _levels(message.body) > MOST_LEVELS:
        raise Refusal("too_deep", most=MOST_LEVELS)
    return text


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


def _levels(value: object) -> int:
    """How deep a value is nested, without recursion: it may be deep."""
    level, row = 0, [value]
    while row:
        row = [child for each in row for child in _children(each)]
        level += 1
    return level - 1


def _children(value: object) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def packed(messages: Sequence[str]) -> str:
    """Written messages as the body of one delivery."""
    return f"[{','.join(messages)}]"


def unwritten(body: str, *, received_at: datetime, source: str) -> Iterator[Received]:
    """The messages of one delivery."""
    for kind, message_id, user, anonymous, at, name, said in json.loads(body):
        yield Received(kind, message_id, user, anonymous, datetime.fromisoformat(at), name, said, received_at, source)


def as_json(value: object) -> str:
    """JSON as the lake and the list of refusals keep it.

    >>> as_json({"plan": "年間"})
    '{"plan":"年間"}'
    """
    return _encode(value)
