"""The words by which topics of tickets and names of events are recognised, in English, Japanese and Korean.

Letters and digits alone count: `invoice.payment_failed` and "Payment failed" both hold "payment failed".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "change_request": (
        *("price cut", "price reduction", "lower price", "cheaper", "discount", "too expensive", "renegotiat"),
        *("downgrade", "plan change", "change plan", "change of plan", "contract change", "change contract"),
        *("change subscription", "subscription change", "cancel subscription", "cancel plan", "cancel contract"),
        *("cancel account", "cancellation", "reduce seats", "terminate", "termination"),
        *(
            "値下げ",
            "値引",
            "割引",
            "安くし",
            "料金の見直し",
            "契約の見直し",
            "契約変更",
            "契約内容の変更",
            "プラン変更",
        ),
        *("プランの変更", "コース変更", "ダウングレード", "解約", "退会"),
        *("할인", "가격 인하", "요금 인하", "가격 조정", "요금 조정", "계약 변경", "요금제 변경", "플랜 변경"),
        *("다운그레이드", "해지", "탈퇴"),
    ),
    "no_change_request": (
        *("discount code", "coupon", "order cancellation", "割引コード", "クーポン", "注文の解約"),
        *("할인 코드", "쿠폰", "주문 해지"),
    ),
    "payment_failed": (
        *("payment failed", "payment failure", "payment declined", "charge failed", "charge declined"),
        *("card declined", "billing failed", "billing failure", "subscription past due", "payment unsuccessful"),
        *("決済失敗", "決済に失敗", "決済エラー", "支払い失敗", "支払失敗", "引き落とし失敗", "引落不能", "残高不足"),
        *("결제 실패", "결제 오류", "결제 거절", "카드 승인 거절", "출금 실패", "잔액 부족"),
    ),
    "card_expiring": (
        *("source expiring", "card expiring", "card expires soon", "payment method expiring", "card about to expire"),
        *("カード期限", "カード有効期限", "有効期限間近", "카드 만료", "카드 유효기간", "결제수단 만료"),
    ),
    "card_column": (
        *("card expires", "card expires at", "card expires on", "card expiry", "card expiry date", "card expiration"),
        *("card expiration date", "card valid until", "カード有効期限", "カード期限", "카드 만료일", "카드 유효기간"),
    ),
    "onboarding": (
        *("onboarding", "getting started", "welcome", "setup", "first steps", "activation"),
        *("オンボーディング", "初期設定", "はじめに", "導入", "온보딩", "시작하기", "초기 설정", "가입 절차"),
    ),
}
"""What each list is for says its name; a topic or name belongs to a list when it holds one of its words."""


def folded(text: str) -> str:
    """A text as it is compared: small letters and digits without anything between them.

    >>> folded("invoice.payment_failed")
    'invoicepaymentfailed'
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text).lower())
