"""What programs send: JSON objects with the fields that are named and no others, in the types they are written in."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict


class Sent(BaseModel):
    """The body of a request; a field that is not known is a slip, and is told."""

    model_config = ConfigDict(extra="forbid")


def _written(value: object) -> object:
    """A day or a moment is written out; a bare number is none, whatever it may be counted from."""
    if isinstance(value, str) and not (len(value) >= 10 and value[4] == "-"):
        raise ValueError("write it as 2024-05-31, or as 2024-05-31T09:30:00Z")
    if isinstance(value, int | float):
        raise ValueError("write it as 2024-05-31, or as 2024-05-31T09:30:00Z")
    return value


# NUL is no text to PostgreSQL, and half a surrogate pair is no character to anybody
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """A text without what no database keeps.

    >>> storable("a\\x00b"), storable("고객")
    ('ab', '고객')
    """
    return UNSTORABLE.sub("", text)


Day = Annotated[date, BeforeValidator(_written)]
Moment = Annotated[datetime, BeforeValidator(_written)]
Number = Annotated[float, Strict()]
Flag = Annotated[bool, Strict()]
