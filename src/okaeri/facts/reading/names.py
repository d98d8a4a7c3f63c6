"""What people call the columns in English, Japanese and Korean. Earlier words of a list win over later ones."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_CUSTOMER = """customerid customerno customernumber customercode custid custno customerkey clientid userid memberid
    buyerid accountid shopperid visitorid contactid personid customer client user member buyer account id email
    customeremail emailaddress buyeremail clientemail billingemail mail username
    customername who 顧客id 顧客番号 顧客コード 顧客no 会員id 会員番号
    会員コード 会員no お客様番号 お客様id お客様コード 得意先コード 得意先番号 取引先コード ユーザーid ユーザid
    ユーザー番号 利用者id 購入者id 購入者番号 顧客 会員 お客様 得意先 取引先 購入者 メールアドレス メール 고객번호
    고객id 고객아이디 고객코드 고객no 회원번호 회원id 회원아이디 회원코드 구매자번호 구매자id 사용자id 사용자번호
    거래처코드 고객 회원 구매자 사용자 거래처 이메일 이메일주소"""

_ANY = {
    "customer_id": _CUSTOMER,
    "currency": "currency currencycode curr 通貨 通貨コード 통화 통화코드",
    "channel": "channel medium source via チャネル チャンネル 経路 流入元 媒体 채널 경로 매체",
}

_BY_TABLE = {
    "customers": {
        "joined_at": """joinedat joindate joined signupdate signupat signedupat registeredat registrationdate
            createdat created membersince firstseen startdate 登録日 登録日時 入会日 会員登録日 作成日 初回登録日
            가입일 가입일시 가입일자 등록일 등록일시 생성일""",
    },
    "orders": {
        "order_id": """orderid ordernumber orderno ordernum ordercode invoiceno invoicenumber invoiceid invoicenum
            transactionid transactionno receiptid receiptno ordernr saleid salesid salesorderid purchaseid billno billid
            documentno order invoice 注文id 注文番号 注文no 受注番号 受注id 受注no 伝票番号 伝票no 取引id 取引番号
            購入id 購入番号 レシート番号 請求書番号 売上番号 決済id 주문번호 주문id 주문no 거래번호 거래id 전표번호
            영수증번호 구매번호 결제번호 송장번호""",
        "ordered_at": """orderedat orderdate orderdatetime ordertime ordertimestamp orderpurchasetimestamp
            invoicedate invoicetime purchasedate purchasedat purchasetime transactiondate transactiontime saledate
            salesdate soldat paidat paymentdate dateoforder dateofpurchase dateofsale orderedon purchasedon boughton
            boughtat soldon paidon when processedat createdat created placedat date datetime timestamp day
            time 注文日 注文日時 注文年月日 受注日 受注日時 購入日 購入日時 購入年月日 売上日 売上日付 取引日
            取引日時 販売日 会計日 会計日時 決済日 決済日時 伝票日付 日付 日時 年月日 주문일 주문일시 주문일자
            주문날짜 주문시간 구매일 구매일시 구매일자 구매날짜 거래일 거래일시 거래일자 결제일 결제일시 결제일자
            판매일 판매일자 매출일 매출일자 날짜 일자 일시""",
        "amount": """amount linetotal lineamount extendedprice totalamount totalprice ordertotal orderamount
            ordervalue totalpaid netamount nettotal netsales total grandtotal revenue sales salesamount saleamount
            paidamount paymentamount paymentvalue transactionamount purchaseamount invoiceamount dollarvalue value
            amountpaid pricepaid gross
            grossamount grosstotal howmuch spend spent subtotal sum
            金額 合計金額 税込金額 注文金額 購入金額 売上金額 支払金額 お支払い金額
            請求金額 決済金額 取引金額 合計 総額 売上 売上高 小計 税込 금액 결제금액 주문금액 구매금액 합계금액
            총금액 판매금액 거래금액 매출액 매출금액 실결제금액 총액 합계 매출 소계""",
        "margin": "margin profit grossprofit grossmargin 粗利 粗利益 利益 粗利額 마진 이익 매출이익 매출총이익",
        "kind": """kind status orderstatus transactiontype ordertype financialstatus 状態 ステータス 注文状況
            注文ステータス 区分 取引区分 売上区分 상태 주문상태 구분 거래구분 주문구분""",
    },
    "subscriptions": {
        "subscription_id": """subscriptionid subscriptionno subid contractid contractno subscription contract 契約id
            契約番号 契約no 購読id サブスクリプションid 구독id 구독번호 계약id 계약번호""",
        "plan": """plan planname product productname tier package プラン プラン名 コース 商品名 플랜 요금제 상품명
            상품""",
        "mrr": """mrr monthlyprice monthlyfee monthlyamount monthlycharges price fee amount 月額 月額料金 月額金額
            料金 金額 월요금 월정액 월금액 요금 금액""",
        "started_at": """startedat startdate start startsat subscribedat createdat signupdate begin begindate 開始日
            開始日時 契約開始日 契約日 利用開始日 申込日 시작일 시작일시 시작일자 구독시작일 계약일 계약시작일
            가입일""",
        "ended_at": """endedat enddate end endsat canceledat cancelledat canceldate churndate churnedat terminatedat
            終了日 終了日時 契約終了日 解約日 解約日時 退会日 종료일 종료일시 종료일자 해지일 해지일자 계약종료일
            탈퇴일""",
        "renews_at": """renewsat renewaldate nextbilling nextbillingdate renewal 更新日 次回更新日 契約更新日 갱신일
            다음결제일""",
        "end_reason": """endreason cancelreason cancellationreason churnreason reason 解約理由 終了理由 退会理由
            해지사유 취소사유 탈퇴사유""",
    },
    "events": {
        "event_id": "eventid messageid uuid イベントid 이벤트id 이벤트번호",
        "name": "name eventname event action activity eventtype イベント イベント名 行動 操作 이벤트 이벤트명 행동",
        "occurred_at": """occurredat eventtime eventdate eventtimestamp timestamp time datetime date
            originaltimestamp createdat 発生日時 発生日 日時 日付 발생일시 발생일 일시 날짜""",
        "received_at": "receivedat receivedtime ingestedat loadedat 受信日時 수신일시",
        "properties": "properties props attributes payload プロパティ 속성",
    },
    "tickets": {
        "ticket_id": """ticketid ticketno caseid caseno requestid ticket case 問い合わせ番号 問合せ番号 チケットid
            受付番号 문의번호 티켓id 접수번호""",
        "topic": """topic subject category issue reason type 件名 内容 種別 分類 カテゴリ 主題 문의유형 유형 제목
            분류""",
        "agent": "agent agentname assignee owner handler staff 担当者 担当 対応者 담당자 상담원",
        "opened_at": """openedat createdat created opendate date submittedat 受付日 受付日時 問い合わせ日 起票日
            作成日 접수일 접수일시 문의일 생성일""",
        "first_reply_at": """firstreplyat firstresponseat firstreply firstresponse 初回返信日時 初回回答日時
            최초응답일시 첫응답일시""",
        "resolved_at": """resolvedat closedat solvedat closed resolved resolveddate 解決日 解決日時 完了日 完了日時
            해결일 해결일시 완료일""",
        "reopened": "reopened reopens reopencount 再オープン 再開回数 재오픈 재접수횟수",
    },
    "answers": {
        "answer_id": "answerid responseid 回答id 回答番号 응답id 응답번호",
        "survey": "survey surveyname surveyid アンケート 調査 조사 설문",
        "question": "question questiontext 質問 設問 질문 문항",
        "instrument": "instrument questiontype kind 種類 유형",
        "score": "score rating nps csat ces value answer 点数 評価 スコア 점수 평점",
        "scale": "scale maxscore scoremax 最高点 満点 尺度 만점 척도",
        "text": "text comment verbatim feedback 自由記述 コメント 感想 의견 코멘트 자유의견",
        "answered_at": """answeredat respondedat submittedat createdat responsedate date 回答日 回答日時 응답일
            응답일시""",
        "asked_at": "askedat sentat invitedat 送信日時 依頼日 발송일 요청일",
        "about": "about regarding reference 対象 대상",
    },
    "mentions": {
        "mention_id": "mentionid reviewid postid レビューid 投稿id 리뷰id 게시물id",
        "source": "source site platform channel サイト 媒体 출처 사이트",
        "posted_at": "postedat reviewdate createdat publishedat date 投稿日 投稿日時 작성일 게시일 작성일시",
        "text": "text review body content comment 本文 レビュー 口コミ 내용 리뷰 후기",
        "rating": "rating stars score 評価 星 평점 별점",
        "url": "url link リンク 링크",
    },
    "spend": {
        "spend_id": "spendid 広告費id 지출id",
        "spent_on": "spenton date day spenddate 日付 利用日 支出日 날짜 일자 지출일",
        "amount": "amount spend cost budget adspend 金額 費用 広告費 コスト 금액 비용 광고비",
        "channel": "channel medium source campaign platform チャネル 媒体 キャンペーン 채널 매체 캠페인",
    },
    "memberships": {
        "membership_id": "membershipid cardno cardid cardnumber 会員証番号 カード番号 멤버십id 카드번호",
        "programme": "programme program programmename loyaltyprogram プログラム 프로그램",
        "tier": "tier level rank grade ランク ステージ 等級 등급",
        "joined_at": "joinedat joindate enrolledat enrolldate createdat 入会日 登録日 가입일 등록일",
        "left_at": "leftat leavedate endedat cancelledat 退会日 탈퇴일 해지일",
    },
    "points": {
        "entry_id": "entryid ledgerid pointid 明細id 내역id",
        "kind": "kind type reason 区分 種別 구분 유형",
        "points": "points point amount ポイント ポイント数 포인트 적립금",
        "booked_at": "bookedat date createdat earnedat 付与日 発生日 日付 적립일 발생일 날짜",
        "expires_at": "expiresat expiry expirydate 有効期限 失効日 만료일 유효기간",
        "order_id": "orderid orderno 注文番号 주문번호",
        "reward_id": "rewardid 特典id 보상id",
    },
    "rewards": {
        "reward_id": "rewardid couponid vouchercode 特典id クーポンid 보상id 쿠폰id",
        "name": "name reward rewardname coupon 特典 特典名 クーポン名 보상 쿠폰명",
        "points": "points pointcost ポイント 포인트",
        "cost": "cost value 原価 費用 비용",
        "issued_at": "issuedat createdat date 発行日 付与日 발급일 지급일",
        "redeemed_at": "redeemedat usedat 利用日 使用日 사용일",
        "expires_at": "expiresat expiry 有効期限 만료일 유효기간",
    },
    "touches": {
        "touch_id": "touchid sendid messageid 送信id 배포id 발송id",
        "campaign": "campaign campaignname キャンペーン 施策 캠페인",
        "planned_at": "plannedat scheduledat date 予定日時 配信予定日 예정일시",
        "sent_at": "sentat senddate deliveredat 送信日時 配信日 발송일시 발송일",
        "outcome": "outcome result status 結果 状態 결과 상태",
        "held_out": "heldout holdout control 対照群 대조군",
    },
    "assignments": {
        "experiment": "experiment experimentid test testname 実験 テスト 실험",
        "arm": "arm variant group segment 群 グループ 実験群 그룹 집단",
        "assigned_at": "assignedat date createdat 割当日 割付日時 배정일 배정일시",
    },
    "steps": {
        "flow": "flow journey フロー 플로우 여정",
        "step": "step stepname milestone ステップ 手順 단계",
        "done_at": "doneat completedat finishedat date 完了日 完了日時 완료일 완료일시",
    },
    "identities": {
        "same_as": """sameas keptid canonicalid masterid goldenid mergedinto primaryid 統合先 統合先id 名寄せ先
            統合先顧客id 통합id 대표id 병합id""",
        "decided_at": "decidedat mergedat date 統合日 統合日時 통합일 병합일",
    },
    "labels": {
        "scheme": "scheme segmentation grouping 分け方 分類 구분 분류",
        "label": "label segment group tier ラベル セグメント グループ 라벨 세그먼트 그룹",
        "assigned_at": "assignedat date since 割当日 更新日 지정일 갱신일",
    },
}

_QUANTITY = """quantity qty units orderqty itemquantity lineitemquantity 数量 個数 点数 購入数 購入数量 수량 개수
    구매수량 주문수량"""
_UNIT_PRICE = (
    "unitprice priceeach itemprice lineitemprice price 単価 販売単価 商品単価 価格 단가 판매단가 상품단가 가격"
)
_LINE = """stockcode sku product productid productno productname productcode productcategory item itemid itemname
    itemno itemcode lineitem lineitemname lineitemsku lineno linenumber orderitemid orderline asin isbn 商品 商品名
    商品コード 商品id 商品番号 品番 品名 明細番号 明細no 行番号 상품 상품명 상품코드 상품번호 상품id 품목 품목명
    품명 제품 제품명 제품코드"""
_ORDER_TOTAL = """total ordertotal grandtotal totalamount totalpaid orderamount ordervalue invoiceamount 合計
    合計金額 注文金額 総額 請求金額 お支払い金額 합계 합계금액 총액 총금액 주문금액 결제금액 실결제금액"""


def plain(header: str) -> str:
    """A header without case, width, blanks, punctuation or a unit in parentheses.

    >>> plain("Invoice No."), plain("金額（円）"), plain("customer_id")
    ('invoiceno', '金額', 'customerid')
    """
    folded = unicodedata.normalize("NFKC", header).casefold()
    return "".join(re.findall(r"\w+", re.sub(r"\(.*?\)|\[.*?\]", "", folded) or folded)).replace("_", "")


@cache
def words_for(table: str, column: str) -> tuple[str, ...]:
    """What a column of a table may be called, likeliest first; `quantity`, `unit_price`, `line`, `order_total` too."""
    special = {"quantity": _QUANTITY, "unit_price": _UNIT_PRICE, "line": _LINE, "order_total": _ORDER_TOTAL}
    text = special.get(column) or _BY_TABLE.get(table, {}).get(column) or _ANY.get(column, "")
    return tuple(dict.fromkeys([plain(column), *(plain(word) for word in text.split())]))


@cache
def _known() -> frozenset[str]:
    lists = [
        *_ANY.values(),
        _QUANTITY,
        _UNIT_PRICE,
        _LINE,
        *(text for names in _BY_TABLE.values() for text in names.values()),
    ]
    names = [name for columns in _BY_TABLE.values() for name in columns]
    return frozenset(plain(word) for text in (*lists, " ".join(names)) for word in text.split())


def is_known(header: str) -> bool:
    """Whether a cell is a column name of any table.

    >>> is_known("주문일"), is_known("2024-01-01")
    (True, False)
    """
    return plain(header) in _known()
