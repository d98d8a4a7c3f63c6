"""Whether a text is one question that only reads: the database's read-only mode is the wall, this says why early."""

from __future__ import annotations

import re

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

_QUIET = re.compile(
    r"'(?:[^'\\]|''|\\.)*'" r'|"(?:[^"]|"")*"' r"|`[^`]*`|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL
)
_WRITES = re.compile(
    r"\b(insert|update|delete|merge|replace\s+into|create|alter|drop|truncate|grant|revoke|call|exec|execute|do|copy|"
    r"vacuum|analyze|attach|detach|pragma|set|lock|into|load_file|pg_read_file|pg_sleep|dblink|lo_import|lo_export|"
    r"for\s+update|for\s+share)\b",
    re.IGNORECASE,
)


def check_statement(sql: str) -> str:
    """The statement without a semicolon at its end.

    Raises `OkaeriError` unless it is a single `select`, or `with … select`, that writes nothing.

    >>> check_statement("select * from orders;")
    'select * from orders'
    """
    text = sql.strip().rstrip(";").strip()
    bare = _QUIET.sub(" ", text)
    if ";" in bare:
        raise OkaeriError(_("That is more than one statement."), advice=_("Write one SELECT."))
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
    return text
