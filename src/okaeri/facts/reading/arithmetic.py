"""Plain arithmetic on headers, `Quantity * "Unit Price"`, read into a small tree. Nothing is ever evaluated here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _

_TOKEN = re.compile(
    r'\s*(?:(?P<quoted>"[^"]+"|`[^`]+`)|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[-+*/()])|(?P<name>[^\s"`+*/()-]+))'
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A header, or arithmetic on headers; `parts` are operators, numbers and places of headers in reading order."""

    text: str
    parts: tuple[str | int, ...]

    @property
    def places(self) -> tuple[int, ...]:
        """The places of the headers it uses, each once."""
        return tuple(dict.fromkeys(part for part in self.parts if isinstance(part, int)))

    @property
    def is_header(self) -> bool:
        """Whether it is one header as it stands."""
        return len(self.parts) == 1 and isinstance(self.parts[0], int)

    def sql(self, operand: Callable[[int], str]) -> str:
        """The formula as SQL, with `operand(place)` for each header; dividing by zero gives NULL."""
        return " ".join(operand(part) if isinstance(part, int) else part for part in self.parts)


def formula(text: str, *, headers: Sequence[str]) -> Formula:
    """Read a header name or arithmetic on headers.

    Raises `OkaeriError` for an unknown header or a sum that does not parse.

    >>> formula("Quantity*UnitPrice", headers=["Quantity", "UnitPrice"]).sql("h{}".format)
    'h0 * h1'
    """
    place = _place(text, headers)
    if place is not None:
        return Formula(text, (place,))
    parser = _Parser(text, headers)
    return Formula(text, parser.parse())


def _place(name: str, headers: Sequence[str]) -> int | None:
    if name in headers:
        return headers.index(name)
    folded = [header.strip().casefold() for header in headers]
    wanted = name.strip().strip('"`').casefold()
    return folded.index(wanted) if folded.count(wanted) == 1 else None


class _Parser:
    """expression = term {± term}; term = factor {(*|/) factor}; factor = -factor | (expression) | number | header."""

    def __init__(self, text: str, headers: Sequence[str]) -> None:
        self._text, self._headers, self._at = text, headers, 0

    def parse(self) -> tuple[str | int, ...]:
        parts = self._expression(depth=0)
        if self._text[self._at :].strip():
            raise self._confused()
        return tuple(parts)

    def _expression(self, *, depth: int) -> list[str | int]:
        parts = self._term(depth=depth)
        while (sign := self._take("+-")) is not None:
            parts += [sign, *self._term(depth=depth)]
        return parts

    def _term(self, *, depth: int) -> list[str | int]:
        parts = self._factor(depth=depth)
        while (sign := self._take("*/")) is not None:
            factor = self._factor(depth=depth)
            parts += [sign, *(["nullif(", *factor, ", 0)"] if sign == "/" else factor)]
        return parts

    def _factor(self, *, depth: int) -> list[str | int]:
        if depth > 50:
            raise self._confused()
        if self._take("-") is not None:
            return ["-", *self._factor(depth=depth + 1)]
        if self._take("(") is not None:
            inner = self._expression(depth=depth + 1)
            if self._take(")") is None:
                raise self._confused()
            return ["(", *inner, ")"]
        return [self._operand()]

    def _take(self, signs: str) -> str | None:
        match = _TOKEN.match(self._text, self._at)
        if match is None or not match["sign"] or match["sign"] not in signs:
            return None
        self._at = match.end()
        return match["sign"]

    def _operand(self) -> str | int:
        bare = self._longest_header()
        if bare is not None:
            return bare
        match = _TOKEN.match(self._text, self._at)
        if match is None or match["sign"]:
            raise self._confused()
        self._at = match.end()
        if match["number"]:
            return f"{match['number']}::double"
        name = (match["quoted"] or match["name"]).strip('"`')
        place = _place(name, self._headers)
        if place is None:
            raise unknown(_("header"), name, self._headers)
        return place

    def _longest_header(self) -> int | None:
        """A header written as it is, even with blanks or signs in it, when nothing of a longer word follows."""
        rest = self._text[self._at :]
        start = len(rest) - len(rest.lstrip())
        for header in sorted(self._headers, key=len, reverse=True):
            end = start + len(header)
            if rest.startswith(header, start) and not re.match(r"\w", rest[end:]) and not header.isdigit():
                self._at += end
                return self._headers.index(header)
        return None

    def _confused(self) -> OkaeriError:
        return OkaeriError(
            _("{text!r} is neither a header nor arithmetic on headers.").format(text=self._text),
            advice=_("Write headers with + - * / and parentheses; put a header with blanks in double quotes."),
        )
