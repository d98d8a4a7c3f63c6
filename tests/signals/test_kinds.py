"""Each kind on its own worked example, and in every language."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, Text, use_language
from okaeri.facts.contracts import TABLES
from okaeri.signals import kinds
from okaeri.signals.catalogue import KINDS, discover, find
from okaeri.signals.kind import Kind
from okaeri.signals.words import WORDS, folded
from tests.signals.seen import example_of, seen_in

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=attrgetter("id"))


@EVERY_KIND
def test_a_kind_is_seen_on_the_days_its_example_prints_and_on_no_others(kind: Kind) -> None:
    history = example_of(kind)

    assert seen_in(history, kind) == {customer: list(days) for customer, days in kind.example.seen.items()}


@EVERY_KIND
def test_a_kind_tells_each_customer_and_day_once(kind: Kind) -> None:
    """A join that fans out would tell a signal twice, and the cooldown would hide it."""
    history = example_of(kind)
    history.of(kind)
    rows = history.measurer.engine.query(kind.query)
    rows = kind.judge(rows) if kind.judge else rows

    told = list(zip(rows["customer"].to_pylist(), rows["day"].to_pylist(), strict=True))

    assert told
    assert len(told) == len({*told})


@EVERY_KIND
def test_a_kind_speaks_every_language(kind: Kind) -> None:
    row = example_of(kind).of(kind).to_pylist()[0]
    spoken = [kind.label, kind.definition, kind.advice, *kind.caveats, kind.says(row)]
    spoken += [evidence.says for evidence in kind.because(row)]

    words = {language: in_language(language, spoken) for language in LANGUAGES}

    assert all("{" not in sentence for sentences in words.values() for sentence in sentences)
    for english, japanese, korean in zip(*words.values(), strict=True):
        assert len({english, japanese, korean}) == 3


@EVERY_KIND
def test_a_kind_names_tables_that_exist_and_brings_its_evidence(kind: Kind) -> None:
    evidence = kind.because(example_of(kind).of(kind).to_pylist()[0])

    assert {*kind.facts, *kind.any_of} <= {*TABLES}
    assert kind.facts or kind.any_of
    assert evidence
    assert all(each.rows >= 1 and each.metric for each in evidence)


def in_language(language: str, sentences: list[Text]) -> list[str]:
    with use_language(language):
        return [str(sentence) for sentence in sentences]


def test_a_new_kind_is_one_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(str(kinds.__file__)).with_name("payment_failed.py").read_text("utf-8")
    (tmp_path / "chargeback.py").write_text(text.replace('id="payment_failed"', 'id="chargeback"'), "utf-8")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])

    found = discover()

    assert set(found) - set(KINDS) == {"chargeback"}


def test_an_unknown_kind_is_told_the_nearest() -> None:
    with pytest.raises(OkaeriError, match="Use 'late_reply'"):
        find("late_replay")


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("invoice.payment_failed", "payment_failed"),
        ("Charge Failed", "payment_failed"),
        ("결제실패", "payment_failed"),
        ("決済エラー", "payment_failed"),
        ("Contract-change", "change_request"),
        ("値下げのお願い", "change_request"),
    ],
)
def test_a_name_is_recognised_however_it_is_written(written: str, named: str) -> None:
    lists = [name for name, words in WORDS.items() if any(folded(word) in folded(written) for word in words)]

    assert lists == [named]


def test_every_list_of_words_has_three_languages() -> None:
    hangul = {name for name, words in WORDS.items() if any("가" <= letter <= "힣" for word in words for letter in word)}
    kana_or_kanji = {
        name for name, words in WORDS.items() if any("ぁ" <= letter <= "鿿" for word in words for letter in word)
    }

    assert hangul == kana_or_kanji == {*WORDS}
    assert all(folded(word) for words in WORDS.values() for word in words)
