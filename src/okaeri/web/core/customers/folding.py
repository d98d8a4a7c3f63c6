"""Words folded so that the same name typed another way is found: width, case, kana, Hangul, honorifics, variants.

Stored names and what people type go through the same functions.
"""

from __future__ import annotations

import re
import unicodedata

_HONORIFICS = ("さん", "さま", "ちゃん", "くん", "サン", "サマ", "チャン", "クン", "様", "殿", "님", "씨")
# the same character written the old way, as many family names are
_VARIANTS = str.maketrans(
    "邊邉齋齊斉髙﨑濵濱澤國廣櫻嶋嶌眞惠德榮瀨曾黑靜",
    "辺辺斎斎斎高崎浜浜沢国広桜島島真恵徳栄瀬曽黒静",
)
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_FIRST_SYLLABLE, _LAST_SYLLABLE = "가", "힣"
_SYLLABLES_PER_INITIAL = 588
_FIRST_INITIAL, _LAST_INITIAL = 0x1100, 0x1112
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
# two leading consonants in a row, as a Korean keyboard joins them
_JOINED = str.maketrans(
    {"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ"}
    | {"ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"}
)
# what a last letter may turn out to be when the next key is struck: 한 becomes 하늘, and 초 becomes 최
_GROWS = {
    **dict(zip("ᆨᆩᆫᆮᆯᆷᆸᆺᆻᆼᆽᆾᆿᇀᇁᇂ", ([each] for each in "ᄀᄁᄂᄃᄅᄆᄇᄉᄊᄋᄌᄎᄏᄐᄑᄒ"), strict=True)),
    **{"ᅩ": ["ᅪ", "ᅫ", "ᅬ"], "ᅮ": ["ᅯ", "ᅰ", "ᅱ"], "ᅳ": ["ᅴ"]},
}
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # which shape of a character to draw
_SPACES = re.compile(r"[\s・･·,、]+")


def fold(text: str) -> str:
    """A name or a part of one as it is searched for; Hangul as its letters, so that half a syllable is a beginning.

    >>> fold("Ｓａｔｏ　ハナコ様") == fold("satoはなこ")
    True
    >>> fold("김민준").startswith(fold("김미"))
    True
    >>> fold("渡邊 花子さん") == fold("渡辺花子")
    True
    """
    return "".join(_letters(word) for word in _words(text))


def fold_words(text: str) -> tuple[str, ...]:
    """Each word folded by itself, for parts of a name in any order.

    >>> fold_words("Smith,  Mary")
    ('smith', 'mary')
    """
    return tuple(folded for word in _words(text) if (folded := _letters(word)))


def initials_of(text: str) -> str:
    """The leading consonants of the Hangul syllables, as they are typed to search for a name.

    >>> initials_of("김민준") == fold("ㄱㅁㅈ")
    True
    >>> initials_of("佐藤")
    ''
    """
    plain = unicodedata.normalize("NFC", "".join(_words(text)))
    return "".join(
        chr(_FIRST_INITIAL + (ord(each) - ord(_FIRST_SYLLABLE)) // _SYLLABLES_PER_INITIAL)
        for each in plain
        if _FIRST_SYLLABLE <= each <= _LAST_SYLLABLE
    )


def is_initials(folded: str) -> bool:
    """Whether somebody typed leading consonants alone.

    >>> is_initials(fold("ㄱㅁ")), is_initials(fold("김"))
    (True, False)
    """
    return bool(folded) and all(_FIRST_INITIAL <= ord(each) <= _LAST_INITIAL for each in folded)


def grown(folded: str) -> tuple[str, ...]:
    """What a folded beginning may be as well while its last Hangul syllable is being typed.

    >>> grown(fold("김한")) == (fold("김하ㄴ"),)
    True
    """
    return tuple(folded[:-1] + each for each in _GROWS.get(folded[-1:], ()))


def fold_code(text: str) -> str:
    """An id or an address: width and case do not count, signs and digits do.

    >>> fold_code(" Ｃ-００４２ ")
    'c-0042'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


def fold_phone(text: str) -> str:
    """A number's digits, with the sign of a country kept.

    >>> fold_phone("090-1234-5678"), fold_phone("+82 10 1234 5678")
    ('09012345678', '+821012345678')
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\D", "", plain)
    return f"+{digits}" if plain.startswith("+") and digits else digits


def _words(text: str) -> list[str]:
    """Words in one width and case, without honorifics."""
    plain = unicodedata.normalize("NFKC", _SELECTORS.sub("", text).translate(_JOINED)).casefold().translate(_VARIANTS)
    words = [_without_honorific(word) for word in _SPACES.split(plain) if word]
    return [word for word in words if word]


def _without_honorific(word: str) -> str:
    if word in _HONORIFICS:
        return ""
    ending = next((each for each in _HONORIFICS if word.endswith(each)), "")
    return word[: -len(ending)] if ending and len(word) > len(ending) else word


def _letters(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.translate(_KATAKANA))
    kept = _LATIN_MARKS.sub("", apart).translate(_KATAKANA)
    return "".join(each for each in kept if each.isalnum() or unicodedata.category(each) == "Mn")
