"""One SQL expression per column of a table: from what stands in the file to the contract's type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from okaeri.facts.contracts import Column, ColumnType, Table
from okaeri.facts.reading.arithmetic import Formula
from okaeri.facts.reading.mapping import Mapped
from okaeri.facts.reading.profile import DateForm, Profile
from okaeri.facts.reading.source import Source, sql_text
from okaeri.facts.reading.zones import to_utc

TIMES = (ColumnType.INSTANT, ColumnType.DAY)
NUMBERS = (ColumnType.AMOUNT, ColumnType.NUMBER, ColumnType.INTEGER)
_BAD = {
    ColumnType.INSTANT: "bad_date",
    ColumnType.DAY: "bad_date",
    ColumnType.AMOUNT: "bad_number",
    ColumnType.NUMBER: "bad_number",
    ColumnType.INTEGER: "bad_integer",
    ColumnType.FLAG: "bad_flag",
    ColumnType.JSON: "bad_json",
}
_HEADED = re.compile(
    r"[(（\[_ ](JPY|KRW|USD|EUR|GBP|CNY|TWD|HKD|AUD|CAD|SGD|INR|THB|CHF|[¥￥₩\\$€£]|円|원|元)[)）\]]?$"
)
_MONEY = ("amount", "mrr", "cost")


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A reason a row may be left out: `test` is SQL over the typed columns, `shown` the value to print.

    `seen` is SQL for a word such as N/A that stands where a value is missed, or nothing when no word can.
    """

    code: str
    column: str
    test: str
    shown: str
    seen: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """All that decides how the columns of one file are read."""

    table: Table
    source: Source
    types: Mapping[int, str]
    mapped: Mapped
    profile: Profile
    zone: str

    def columns(self) -> Iterator[tuple[str, str]]:
        """Each column of the table and its expression over `raw`; the made key is not among them."""
        for column in self.table.columns:
            expression = self._expression(column)
            if expression is not None:
                yield column.name, expression

    def checks(self) -> Iterator[Check]:
        """The reasons a row may be left out, the gravest first."""
        for column in sorted(self.table.columns, key=lambda column: column.name != "customer_id"):
            each = self.mapped.formulas.get(column.name)
            if each is not None:
                yield from self._checks(column, each)
        for start, end in self.table.spans:
            if start in self.mapped.formulas and end in self.mapped.formulas:
                yield self._span_check(start, end)
        yield from self._row_checks()

    def _row_checks(self) -> Iterator[Check]:
        """What the contract says no row may be, looked at where the columns of a row are read one by one."""
        formulas = self.mapped.formulas
        stated = [name for name in self.table.either if name in formulas]
        if stated:
            yield Check(
                code="missing",
                column=formulas[stated[0]].text,
                test=" and ".join(f'"{name}" is null' for name in self.table.either),
                shown=self._named([place for name in stated for place in formulas[name].places]),
            )
        for rule in self.table.rules:
            if rule.column in formulas:
                each = formulas[rule.column]
                yield Check(code=rule.code, column=each.text, test=rule.wrong, shown=self._shown(each))

    def _span_check(self, start: str, end: str) -> Check:
        """Whether it ends before it begins; an end that is only a day may be the very day of the beginning."""
        begins, ends = (f"timezone({sql_text(self.zone)}, timezone('UTC', \"{name}\"))" for name in (start, end))
        whole_day = f"{ends} = date_trunc('day', {begins})"
        each = [self.mapped.formulas[name] for name in (start, end)]
        return Check(
            code="ends_too_early",
            column=each[1].text,
            test=f'case when "{end}" < "{start}" then not ({whole_day}) else false end',
            shown=self._named([place for one in each for place in one.places]),
        )

    def _checks(self, column: Column, each: Formula) -> Iterator[Check]:
        empty = " and ".join(f"okaeri_id(h{place}::varchar) is null" for place in each.places) or "false"
        shown = self._shown(each)
        if column.required:
            code = "no_customer" if column.name == "customer_id" else "missing"
            words = [f"okaeri_text(h{place}::varchar)" for place in each.places]
            yield Check(
                code=code,
                column=each.text,
                test=f'case when "{column.name}" is null then {empty} else false end',
                shown=shown,
                seen=f"coalesce({', '.join(words)})" if words else "",
            )
        bad = "bad_currency" if column.name == "currency" else _BAD.get(column.type)
        if bad:
            yield Check(
                code=bad,
                column=each.text,
                test=f'case when "{column.name}" is null then not ({empty}) else false end',
                shown=shown,
            )

    def _shown(self, each: Formula) -> str:
        if each.is_header:
            return f"h{each.places[0]}::varchar"
        return self._named(each.places)

    def _named(self, places: Sequence[int]) -> str:
        """The values of several headers, each behind its name."""
        parts = [f"concat({sql_text(self.source.headers[n] + '=')}, h{n}::varchar)" for n in places]
        return f"concat_ws(', ', {', '.join(parts)})" if parts else "''"

    def _expression(self, column: Column) -> str | None:
        each = self.mapped.formulas.get(column.name)
        if column.name == "currency":
            return self._currency(each)
        if each is None:
            return self._unmapped(column)
        if column.type in NUMBERS:
            return self._number(column, each)
        if column.type in TIMES:
            return self._time(each.places[0], day=column.type is ColumnType.DAY)
        if column.name == "kind" and self.table.name == "orders":
            return f"case when okaeri_is_return({self._text(each.places[0])}) then 'return' else 'purchase' end"
        if column.type is ColumnType.FLAG:
            return f"okaeri_flag(h{each.places[0]}::varchar)"
        if column.type is ColumnType.JSON:
            text = f"okaeri_text(h{each.places[0]}::varchar)"
            return f"case when json_type(try_cast({text} as json)) = 'OBJECT' then {text} end"
        return self._text(each.places[0], is_id=column.required or column.name.endswith("_id"))

    def _unmapped(self, column: Column) -> str | None:
        if column.name in self.table.key:
            return None
        if column.type is ColumnType.JSON and self.mapped.unused:
            pairs = ", ".join(f"{sql_text(self.source.headers[n])}, {self._text(n)}" for n in self.mapped.unused)
            return f"json_merge_patch('{{}}', json_object({pairs}))::varchar"
        default = column.default
        literal = (
            "null" if default is None else str(default).lower() if not isinstance(default, str) else sql_text(default)
        )
        return f"{literal}::{'timestamp' if column.type is ColumnType.INSTANT else column.type.sql}"

    def _text(self, place: int, *, is_id: bool = False) -> str:
        kind = self.types[place]
        if kind in ("DOUBLE", "FLOAT"):  # an integer column with gaps becomes a float one in many tools
            whole = f"h{place} % 1 = 0 and abs(h{place}) < 1e15"
            return f"case when {whole} then h{place}::bigint::varchar else h{place}::varchar end"
        if kind != "VARCHAR":
            return f"h{place}::varchar"
        text = f"okaeri_id(h{place})" if is_id else f"okaeri_text(h{place})"
        return f"regexp_replace({text}, '[.]0$', '')" if place in self.profile.float_ids else text

    def _number(self, column: Column, each: Formula) -> str:
        computed = each.sql(lambda place: f"({self.operand(place)})")
        if not each.is_header:
            computed = f"round({computed}, 6)"
        if not each.is_header or self.types[each.places[0]] != "VARCHAR":
            computed = f"case when isfinite({computed}) then {computed} end"
        if column.type is ColumnType.INTEGER:
            return f"case when ({computed}) % 1 = 0 then try_cast({computed} as bigint) end"
        return computed

    def operand(self, place: int) -> str:
        """A header as a number, in SQL."""
        name = f"h{place}"
        if self.types[place] != "VARCHAR":
            return f"try_cast({name} as double)"
        form = self.profile.numbers[place]
        if form.plain:
            return f"okaeri_plain_number({name})"
        column = {".": "point", ",": "comma", "?": "either"}[form.decimal]
        plain = "okaeri_plain_number" if form.decimal == "." else "okaeri_pointless_number"
        return f"coalesce({plain}({name}), numbers_{place}.{column})"

    def _time(self, place: int, *, day: bool) -> str:
        name, kind = f"h{place}", self.types[place]
        if kind == "TIMESTAMP WITH TIME ZONE":
            return f"okaeri_likely({name}::timestamp)" + ("::date" if day else "")
        if kind.startswith("TIMESTAMP") or kind == "DATE":
            written = f"okaeri_likely({name}::timestamp)"
            return f"{written}::date" if day else to_utc(written, self.zone)
        return self._written_time(place, self.profile.dates[place], day=day)

    def _written_time(self, place: int, form: DateForm, *, day: bool) -> str:
        likely = f"okaeri_likely(try_cast(h{place} as timestamp))"
        span = {"first": form.first, "last": form.last} if form.first and form.last else {}
        if form.plain:
            return f"{likely}::date" if day else to_utc(likely, self.zone, **span)
        plain, found = f"okaeri_plain_time(h{place})", f"dates_{place}"
        written = f"{found}.{form.order}"
        if day:
            return f"coalesce({plain}, {written}, {found}.unix)::date"
        return (
            f"coalesce({to_utc(plain, self.zone, **span)}, {found}.zoned, "
            f"{written} - to_minutes({found}.offset_minutes), {to_utc(written, self.zone, **span)}, {found}.unix)"
        )

    def joins(self) -> str:
        """What `raw` is joined with to read texts that are not plain."""
        places = [f"numbers_{n}" for n, form in self.profile.numbers.items() if not form.plain]
        places += [f"dates_{n}" for n, form in self.profile.dates.items() if not form.plain]
        if "currency" in self.mapped.formulas:
            places.append(f"currencies_{self.mapped.formulas['currency'].places[0]}")
        return " ".join(f"left join {name} on {name}.x = raw.h{name.rpartition('_')[2]}" for name in places)

    def _currency(self, each: Formula | None = None) -> str:
        if each is not None:
            place = each.places[0]
            empty = f"case when okaeri_id(h{place}) is null then '' end"
            return f"coalesce(currencies_{place}.coin, {empty})"
        amount = next((self.mapped.formulas[name] for name in _MONEY if name in self.mapped.formulas), None)
        places = amount.places if amount else ()
        stated = [
            f"numbers_{n}.coin" for n in places if n in self.profile.numbers and not self.profile.numbers[n].plain
        ]
        signs = self.profile.signs
        headed = [m[1] for n in places if (m := _HEADED.search(self.source.headers[n]))]
        stated += [
            f"okaeri_currency(replace(okaeri_half({sql_text(sign)}), '\\', {sql_text(signs.backslash)}), {signs.sql})"
            for sign in headed[-1:]
        ]
        return f"coalesce({', '.join([*stated, sql_text('')])})"
