"""Whether a text is one question that only reads, by the words outside its quotes and comments.

A transaction that cannot write is the wall behind this, and one statement could end it for the next: what is quoted
has to be told as the database tells it.
"""

from __future__ import annotations

import re

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

_PLAIN = r"'(?:[^']|'')*'"
_ESCAPED = r"'(?:[^'\\]|''|\\.)*'"
_NAME = r'"(?:[^"]|"")*"'
_COMMENT = r"/\*(?![!+M])(?:(?!/\*|\*/).)*\*/"  # MySQL does what stands in /*! … */; PostgreSQL nests comments
_QUIET = {
    "postgresql": rf"(?<![\w$])[eE]{_ESCAPED}|{_PLAIN}|{_NAME}|(?<![\w$])\$(\w*)\$.*?\$\1\$|--[^\n\r]*|{_COMMENT}",
    "mysql": rf'{_ESCAPED}|"(?:[^"\\]|""|\\.)*"|`[^`]*`|--(?=\s|$)[^\n]*|#[^\n]*|{_COMMENT}',
    "sqlite": rf"{_PLAIN}|{_NAME}|`[^`]*`|\[[^\]]*\]|--[^\n]*|{_COMMENT}",
}
_WRITES = re.compile(
    r"\b(insert|update|delete|merge|replace\s+into|create|alter|drop|truncate|grant|revoke|call|exec|execute|do|copy|"
    r"vacuum|analyze|attach|detach|pragma|set|lock|into|load_file|pg_read_file|pg_sleep|dblink|lo_import|lo_export|"
    r"for\s+update|for\s+share)\b",
    re.IGNORECASE,
)


def check_statement(sql: str, *, backend: str = "") -> str:
    """The statement without a semicolon at its end; of a backend that is not known it has to do for all that are.

    Raises `OkaeriError` unless it is a single `select`, or `with … select`, that writes nothing.

    >>> check_statement("select * from orders;")
    'select * from orders'
    """
    text = sql.strip().rstrip(";").strip()
    for quiet in (_QUIET[backend],) if backend in _QUIET else _QUIET.values():
        _check(re.sub(quiet, " ", text, flags=re.DOTALL))
    return text


def _check(bare: str) -> None:
    if ";" in bare:
        raise OkaeriError(_("That is more than one statement."), advice=_("Write one SELECT."))
    if "/*" in bare:
        raise OkaeriError(_("A comment in the statement cannot be read."), advice=_("Leave the comment out."))
    if not re.match(r"\s*\(*\s*(select|with)\b", bare, re.IGNORECASE):
        raise OkaeriError(
            _("The statement does not begin with SELECT."), advice=_("Write one SELECT, or WITH … SELECT.")
        )
    found = _WRITES.search(bare)
    if found:
        raise OkaeriError(
            _("{word} has no place in a statement that only reads.").format(word=found[0].upper()),
            advice=_("Put a column of that name in double quotes; otherwise leave it out."),
        )
