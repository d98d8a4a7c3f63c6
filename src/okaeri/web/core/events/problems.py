"""Why a request or a message is refused, in words: what happened, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.web.core.events.contracts import Problem

MOST_BYTES = 500 * 1024
MOST_MESSAGE_BYTES = 32 * 1024
MOST_MESSAGES = 2500
MOST_LETTERS = 255
MOST_LEVELS = 32

_CALLS = _("The calls are identify, track, page, screen, group, alias and batch.")
_ONE_OF = _("Give one of them, as a text or a number.")
_ORDER = _("The event itself has landed; send the order again with both, under a new messageId.")

_WORDS: dict[str, tuple[Text, Text]] = {
    "not_object": (_("The message is not a JSON object."), _("Send each message as an object with a type.")),
    "unknown_type": (_("There is no call named {type!r}."), _CALLS),
    "nobody": (_("The message has neither a userId nor an anonymousId."), _ONE_OF),
    "no_user": (_("The message has no userId."), _("Say which customer the other id belongs to.")),
    "bad_text": (
        _("{field} is no text of 1 to {most} letters."),
        _("Send a short text without control characters."),
    ),
    "reserved": (
        _("{field} begins with anon:, which marks visitors without a name."),
        _("Send the id without that beginning, or as the anonymousId."),
    ),
    "not_map": (_("{field} is not a JSON object."), _("Send it as an object of names and values, or leave it out.")),
    "bad_time": (_("{field} is no moment that can be read."), _("Write it like 2026-05-01T09:30:00Z.")),
    "future": (
        _("The message is dated more than five minutes ahead of its arrival."),
        _("Check the clock of the sender, and send sentAt so that a wrong clock can be allowed for."),
    ),
    "ancient": (
        _("The message is dated before 1970."),
        _("Check the timestamp: seconds and milliseconds may have been mixed up."),
    ),
    "too_large": (
        _("The message has more than {most} kB."),
        _("Leave out what is not needed, or send it as several messages."),
    ),
    "too_deep": (_("The message is nested more than {most} levels deep."), _("Send flatter properties.")),
    "unreadable": (
        _("The message holds a number or a text that JSON cannot carry."),
        _("Leave out NaN, Infinity, NUL characters and halves of characters."),
    ),
    "no_order": (_("{name} came without an order_id, so no order could be written down."), _ORDER),
    "no_amount": (_("{name} came without a total that can be read, so no order could be written down."), _ORDER),
}
_REQUESTS: dict[str, tuple[Text, Text]] = {
    "no_key": (
        _("The request has no write key."),
        _("Send it as the user name of Basic authentication, or as writeKey in the body."),
    ),
    "wrong_key": (
        _("This write key does not open anything."),
        _("It may have been revoked. Whoever looks after connections can make a new one."),
    ),
    "too_many_bytes": (_("The request has more than {most} kB."), _("Send smaller batches.")),
    "too_many": (_("The batch has more than {most} messages."), _("Send smaller batches.")),
    "empty": (_("The request has no body."), _("Send a JSON object, with its length in Content-Length.")),
    "encoding": (_("The body is compressed in a way that is not known."), _("Use gzip, or send it plain.")),
    "broken_gzip": (_("The compressed body is broken."), _("Send it again, or send it plain.")),
    "not_utf8": (_("The body is not UTF-8."), _("Encode the JSON as UTF-8.")),
    "not_json": (_("The body is not JSON."), _("Check it with a JSON linter; the top must be an object.")),
    "no_batch": (_("The request has no list of messages."), _("Send it as batch: [message, …].")),
    "unknown_call": (_("There is no call at this address."), _CALLS),
    "only_post": (_("Events are sent with POST."), _("Send the same request with POST.")),
    "busy": (_("The events could not be kept at the moment."), _("Nothing was kept. Send the same request again.")),
}


class CannotTake(OkaeriError):
    """A request of which nothing was taken; `code` and `status` are for the program that sent it."""

    def __init__(self, code: str, *, status: int, **values: Any) -> None:
        what, advice = _REQUESTS[code]
        super().__init__(what.format(**values) if values else what, advice=advice)
        self.code = code
        self.status = status


class Refusal(Exception):
    """One message cannot be used; others of the same batch may."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, values)


def what_of(problem: Problem) -> Text:
    """What is wrong, as a sentence.

    >>> str(what_of(Problem("no_order", {"name": "Order Completed"})))
    'Order Completed came without an order_id, so no order could be written down.'
    """
    return _said(_words_of(problem.code)[0], problem.values)


def advice_of(problem: Problem) -> Text:
    """What helps."""
    return _said(_words_of(problem.code)[1], problem.values)


def _words_of(code: str) -> tuple[Text, Text]:
    return _WORDS[code]


def _said(words: Text, values: Mapping[str, Any]) -> Text:
    return words.format(**values) if values else words
