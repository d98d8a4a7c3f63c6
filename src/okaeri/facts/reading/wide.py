"""Survey files with one row per respondent and one column per question, read as one row per answer.

DuckDB turns the columns into rows; from there on they are rows of answers like any others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.facts.contracts import TABLES
from okaeri.facts.reading.arithmetic import formula
from okaeri.facts.reading.guess import Guess
from okaeri.facts.reading.mapping import Mapped
from okaeri.facts.reading.source import Connection, Source, sql_text

_ANSWERS = TABLES["answers"]
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_MADE = ("answer_id", "customer_id", "survey", "question", "instrument", "scale", "score", "text", "answered_at")
_SET = ("question", "instrument", "scale", "score")
_IN_WORDS = ("choice", "text")  # instruments whose answers are no scores
_NOBODY_NAMED = _("No column says who answered, so each respondent got an id made from their row.")
_NAMED = ("answer_id", "customer_id", "survey", "answered_at", "asked_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class WideSurvey:
    """Which columns of a file are questions, and what their answers mean.

    `not_an_answer` are codes such as "never used it"; `day` is when people answered where the file does not say,
    `survey` the name of the survey. Without `questions` those of the last such file are taken.

    >>> WideSurvey(questions=("Q1", "Q2"), instrument="csat", scale=5, not_an_answer=("0", "6")).scale
    5
    """

    questions: tuple[str, ...] = ()
    instrument: str = ""
    scale: float | None = None
    not_an_answer: tuple[str, ...] = ()
    day: date | None = None
    survey: str = ""

    def or_else(self, remembered: Mapping[str, Any]) -> WideSurvey:
        """With what is left open taken from the last such file; a question list of its own starts anew."""
        if self.questions or not remembered:
            return self
        return replace(
            self,
            questions=tuple(remembered.get("questions", ())),
            instrument=self.instrument or str(remembered.get("instrument", "")),
            scale=self.scale or remembered.get("scale"),
            not_an_answer=self.not_an_answer or tuple(remembered.get("not_an_answer", ())),
        )

    @property
    def answer(self) -> str:
        """The column an answer belongs in.

        >>> WideSurvey(instrument="text").answer, WideSurvey(instrument="nps").answer
        ('text', 'score')
        """
        return "text" if self.instrument in _IN_WORDS else "score"

    def fits(self, headers: Sequence[str]) -> bool:
        """Whether a file has all the questions."""
        return bool(self.questions) and set(self.questions) <= set(headers)

    def remembered(self, mapping: Mapping[str, str]) -> dict[str, Any]:
        """What the next file of this kind needs, as the settings file keeps it."""
        kept = {"questions": list(self.questions), "instrument": self.instrument, "mapping": dict(mapping)}
        kept |= {"not_an_answer": list(self.not_an_answer)} if self.not_an_answer else {}
        return kept | ({"scale": self.scale} if self.scale else {})


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpivoted:
    """A wide file as a source of answers; `silent` counts the cells of the questions that hold no answer."""

    source: Source
    mapped: Mapped
    headers: Mapping[str, str]
    silent: Callable[[Connection], int]


def unpivot(survey: WideSurvey, source: Source, connection: Connection, *, given: Mapping[str, str]) -> Unpivoted:
    """The answers of a wide file, each with its question; `given` names the headers of other columns.

    Raises `OkaeriError` for a header that does not exist, and when the instrument or the time is not known.
    """
    _check(survey, source, given)
    headers = _headers(survey, source, given)
    cells = _Cells(survey, source, headers)
    others = [place for place, header in enumerate(source.headers) if header not in survey.questions]
    answers = Source(
        kind=source.kind,
        headers=(*_made_headers(survey, source), *(source.headers[place] for place in others)),
        types=("VARCHAR",) * (len(_MADE) + len(others)),
        relation=f"({cells.answers(others)})",
        encoding=source.encoding,
        lines=lambda ordinals: cells.lines(connection, ordinals),
        rejects=source.rejects,
        notes=source.notes,
    )
    return Unpivoted(source=answers, mapped=_mapped(survey, answers, headers), headers=headers, silent=cells.silent)


def _check(survey: WideSurvey, source: Source, given: Mapping[str, str]) -> None:
    for question in survey.questions:
        if question not in source.headers:
            raise unknown(_("header"), question, source.headers)
    for column in given:
        if column in (*_SET, survey.answer):
            raise OkaeriError(
                _("{column} comes from the questions and cannot be mapped too.").format(column=column),
                advice=_("Leave out --map {column}=…, or leave out --questions.").format(column=column),
            )
        _ANSWERS.column(column)
    if not survey.questions or not survey.instrument:
        raise OkaeriError(
            _("Which columns are questions, and of which kind, is not said."),
            advice=_("Say it, for example: --questions Q1,Q2 --instrument csat."),
        )
    if survey.day and "answered_at" in given:
        raise OkaeriError(
            _("The day of answering is given twice."), advice=_("Leave out --date, or --map answered_at=HEADER.")
        )


def _headers(survey: WideSurvey, source: Source, given: Mapping[str, str]) -> dict[str, str]:
    """Which header of the file holds which other column: as given, else by its name."""
    free = tuple(header for header in source.headers if header not in survey.questions)
    guess = Guess(_ANSWERS, free, dict(given), set(given.values()))
    skipped = {name for name, said in (("survey", survey.survey), ("answered_at", survey.day)) if said}
    for column in _NAMED:
        header = None if column in (*guess.mapping, *skipped) else guess.named(column)
        if header:
            guess.claim(column, header)
    if not survey.day and "answered_at" not in guess.mapping and "asked_at" not in guess.mapping:
        raise OkaeriError(
            _("The file does not say when people answered."),
            advice=_("Name the column with --map answered_at=HEADER, or the day with --date 2013-05-15."),
        )
    return {
        column: source.headers[formula(text, headers=source.headers).places[0]]
        for column, text in guess.mapping.items()
    }


def _made_headers(survey: WideSurvey, source: Source) -> tuple[str, ...]:
    """What the made columns are called among the file's own headers."""
    taken = set(source.headers) - set(survey.questions)
    return tuple(f"({name})" if name in taken else name for name in _MADE)


def _mapped(survey: WideSurvey, answers: Source, headers: Mapping[str, str]) -> Mapped:
    made = {"answer_id", "question", "instrument", "scale", survey.answer, *({"customer_id"} - set(headers))}
    made |= {name for name, said in (("survey", survey.survey), ("answered_at", survey.day)) if said}
    own = dict(zip(_MADE, answers.headers, strict=False))
    texts = {name: own[name] if name in made else headers[name] for name in _ANSWERS.names if name in {*made, *headers}}
    formulas = {name: formula(text, headers=answers.headers) for name, text in texts.items()}
    used = {place for each in formulas.values() for place in each.places}
    asked = ", ".join(survey.questions)
    said = {
        "answer_id": headers.get("answer_id", ""),
        "customer_id": headers.get("customer_id", ""),
        "survey": survey.survey or headers.get("survey", ""),
        "question": asked,
        "instrument": survey.instrument,
        "scale": f"{survey.scale:g}" if survey.scale else "",
        survey.answer: asked,
        "answered_at": str(survey.day or headers.get("answered_at", "")),
    }
    shown = {name: said.get(name, text) or "" for name, text in texts.items()}
    return Mapped(
        formulas=formulas,
        texts={name: text for name, text in shown.items() if text},
        unused=tuple(place for place in range(len(_MADE), len(answers.headers)) if place not in used),
        line=None,
        notes=(_NOBODY_NAMED,) if "customer_id" in made else (),
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """The SQL over one wide file."""

    survey: WideSurvey
    source: Source
    headers: Mapping[str, str]

    def answers(self, others: Sequence[int]) -> str:
        """One row per answer in the order of the file: the made columns, then the file's other columns."""
        survey, texts = self.survey, {name: self._text(name) for name in _NAMED}
        day = sql_text(survey.day) if survey.day else "null"
        name = sql_text(survey.survey) if survey.survey else texts["survey"]
        who = texts["customer_id"] if "customer_id" in self.headers else "row_key"
        response = texts["answer_id"] if "answer_id" in self.headers else "null"
        when = f"coalesce({day}, {texts['answered_at']}, {texts['asked_at']})"
        # ids of responses begin anew in the next file of many tools, so the day tells two of them apart
        occasion = f"concat_ws(chr(31), coalesce({response}, {who}), {when})"
        made = {
            "answer_id": f"substr(md5(concat_ws(chr(31), coalesce({name}, ''), {occasion}, question)), 1, 24)",
            "customer_id": who,
            "survey": name,
            "question": "question",
            "instrument": sql_text(survey.instrument),
            "scale": sql_text(f"{survey.scale:g}") if survey.scale else "null",
            "score": "answer" if survey.answer == "score" else "null",
            "text": "answer" if survey.answer == "text" else "null",
            "answered_at": day,
        }
        columns = [*(made[column] for column in _MADE), *(f"w{place}" for place in others)]
        selected = ", ".join(f"{sql}::varchar as h{place}" for place, sql in enumerate(columns))
        return f"with {self._cells()} select {selected} from answers order by file_row, place"

    def silent(self, connection: Connection) -> int:
        """How many cells of the questions hold no answer."""
        rows = f"(select count(*) from {self.source.relation}) * {len(self.survey.questions)}"
        found = connection.execute(f"with {self._cells()} select {rows} - count(*) from answers").fetchone()
        return int(found[0]) if found else 0

    def lines(self, connection: Connection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """The line of the file each answer stands on."""
        order = "row_number() over (order by file_row, place) - 1 as ord"
        found = connection.execute(
            f"with {self._cells()}, placed as (select file_row, {order} from answers) "
            "select ord, file_row from placed where ord in (select unnest(?))",
            [list(ordinals)],
        ).fetchall()
        rows = dict(found)
        lines = self.source.lines(sorted(set(rows.values())))
        return {ordinal: lines[row] for ordinal, row in rows.items() if row in lines}

    def _cells(self) -> str:
        """`answers`: every cell of a question that holds an answer, with the row it stands in."""
        source, survey = self.source, self.survey
        read = ", ".join(f"h{place}::varchar as w{place}" for place in range(len(source.headers)))
        row = ", ".join(f"coalesce(w{place}, '')" for place in range(len(source.headers)))
        places = [source.headers.index(question) for question in survey.questions]
        names = ", ".join(
            f"('w{place}', {order}, {sql_text(source.headers[place])})" for order, place in enumerate(places)
        )
        others = "".join(f", w{place}" for place in range(len(source.headers)) if place not in places)
        key = f"{sql_text(survey.survey)}, {sql_text(survey.day or '')}, row_text, nth"
        return f"""
            file_rows as (select row_number() over () - 1 as file_row, {read} from {source.relation}),
            texts as (select *, concat_ws(chr(31), {row}) as row_text from file_rows),
            counted as (select *, row_number() over (partition by row_text order by file_row) as nth from texts),
            keyed as (select *, substr(md5(concat_ws(chr(31), {key})), 1, 24) as row_key from counted),
            cells as (unpivot keyed on {", ".join(f"w{place}" for place in places)} into name cell value answer),
            asked (cell, place, question) as (values {names}),
            answers as (
                select file_row, row_key, asked.place, asked.question, answer{others}
                from cells join asked using (cell)
                where okaeri_id(answer) is not null and {self._is_answer()})"""

    def _is_answer(self) -> str:
        """A code is a code however it is written: 6 and 6.0."""
        codes = [code.strip() for code in self.survey.not_an_answer]
        if not codes:
            return "true"
        written = f"trim(answer) not in ({', '.join(sql_text(code) for code in codes)})"
        numbers = [code for code in codes if _NUMBER.fullmatch(code)]
        if not numbers:
            return written
        return f"{written} and coalesce(try_cast(answer as double) not in ({', '.join(numbers)}), true)"

    def _text(self, column: str) -> str:
        return f"okaeri_id(w{self.source.headers.index(self.headers[column])})" if column in self.headers else "null"
