"""From one row of the lake to what the directory keeps of it: which attributes are a name, an address, a number."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from okaeri.metrics.timetable import EPOCH
from okaeri.web.core.bodies import storable
from okaeri.web.core.customers.folding import fold, fold_code, fold_phone, initials_of
from okaeri.web.core.customers.models import Customer

_SPELLINGS = {
    "name": "name fullname customername displayname 名前 お名前 氏名 顧客名 お客様名 이름 성명 고객명 성함",
    "family": "lastname familyname surname 姓 苗字 名字 성",
    "given": "firstname givenname 名",
    "reading": "kana namekana kananame furigana reading yomi フリガナ ふりがな カナ よみがな 読み",
    "email": "email mail emailaddress mailaddress メール メールアドレス eメール 이메일 메일 이메일주소",
    "phone": "phone tel telephone mobile phonenumber mobilephone cell 電話 電話番号 携帯 携帯電話 携帯電話番号 "
    "전화 전화번호 휴대폰 휴대전화 휴대폰번호 연락처",
}
_WORDS = {word: idea for idea, words in _SPELLINGS.items() for word in words.split()}


@lru_cache(maxsize=4_096)
def idea_of(header: str) -> str:
    """What an attribute is by its name, "" when it is something else.

    >>> idea_of("E-Mail Address"), idea_of("氏名"), idea_of("favourite_colour")
    ('email', 'name', '')
    """
    plain = unicodedata.normalize("NFKC", header).casefold()
    return _WORDS.get("".join(each for each in plain if each.isalnum()), "")


def profile_of(row: Mapping[str, Any]) -> Customer:
    """A row of `directory.sql` as the directory keeps it; not saved."""
    given = json.loads(row["attributes"])
    attributes = {storable(key): storable(str(value)) for key, value in given.items() if value not in (None, "")}
    found = _ideas(attributes)
    name, email, phone = _name(found), fold_code(found.get("email", ""))[:254], fold_phone(found.get("phone", ""))[:40]
    customer_id = row["customer_id"]
    keys = [fold(name), fold(found.get("reading", "")), initials_of(name), email, fold_code(customer_id), phone]
    made = Customer(
        customer_id=customer_id,
        id_key=fold_code(customer_id)[:200],
        name=name,
        name_key=keys[0][:600],
        initials=keys[2][:100],
        email=email,
        phone=phone,
        search=_bounded("\n".join(key[:_LONGEST] for key in keys if key)),
        joined_at=row["joined_at"],
        attributes=attributes,
        lifecycle=row["lifecycle"],
        rfm=row["rfm"],
        value_risk=row["value_risk"],
        orders=int(row["orders"]),
        last_order_day=_day(row["last_order_day"]),
        leaving=row["leaving"],
        leaving_low=row["leaving_low"],
        leaving_high=row["leaving_high"],
        at_risk=row["at_risk"],
        currency=row["currency"] or "",
        said_of=row["said_of"],
        in_lake=True,
    )
    made.fingerprint = _fingerprint(row)
    return made


def fits(customer_id: str) -> bool:
    """Whether an id can be kept: it is neither longer than its column nor unknown to text stores."""
    return len(customer_id) <= _LONGEST and storable(customer_id) == customer_id


def _bounded(text: str) -> str:
    """As much of a text as an index of PostgreSQL takes: its pages are full at 2,704 bytes."""
    return text[:800].encode()[:_MOST_BYTES].decode(errors="ignore")


def _ideas(attributes: Mapping[str, str]) -> dict[str, str]:
    """The first attribute of each idea."""
    found: dict[str, str] = {}
    for key, value in attributes.items():
        idea = idea_of(key)
        if idea:
            found.setdefault(idea, value.strip())
    return found


def _name(found: Mapping[str, str]) -> str:
    family, given, whole = (found.get(idea, "") for idea in ("family", "given", "name"))
    if whole and (given or not family or whole.startswith(family)):
        return whole[:200]
    given = given or whole  # a Korean list has 성 and 이름, where 이름 is the given name alone
    in_order = (given, family) if family.isascii() else (family, given)
    return " ".join(part for part in in_order if part)[:200]


def _day(number: int | None) -> date | None:
    return None if number is None else EPOCH + timedelta(days=int(number))


def _fingerprint(row: Mapping[str, Any]) -> str:
    told = (value for key, value in row.items() if key not in _RANGE)  # it comes and goes with the kept model
    words = [value.isoformat() if isinstance(value, (date, datetime)) else value for value in told]
    return hashlib.blake2b(repr((_FORM, words)).encode(), digest_size=8).hexdigest()


_LONGEST, _MOST_BYTES = 200, 2_600
_RANGE = ("leaving_low", "leaving_high")
_FORM = 3  # grows when folding changes, so that every row is folded anew
