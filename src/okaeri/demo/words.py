"""The words people in the demo shop use: names, places, colours, and what customers write, in ja, ko and en."""

from __future__ import annotations

COUNTRIES = ("JP", "KR", "TW", "US", "GB")
LANGUAGE_OF = ("ja", "ko", "ja", "en", "en")
COLOURS = ("persimmon", "pine", "indigo", "plum", "mustard")
DESIGNS = ("botanical", "minimal")
PLANS = ("none", "monthly", "annual")
CHANNELS = ("organic", "referral", "store", "search_ads", "social_ads", "marketplace")
AREAS = (
    "東京都",
    "神奈川県",
    "大阪府",
    "愛知県",
    "埼玉県",
    "千葉県",
    "兵庫県",
    "北海道",
    "福岡県",
    "京都府",
    "宮城県",
    "沖縄県",
)

FAMILY_NAMES = {
    "ja": (
        "佐藤",
        "鈴木",
        "高橋",
        "田中",
        "伊藤",
        "渡辺",
        "山本",
        "中村",
        "小林",
        "加藤",
        "吉田",
        "山田",
        "佐々木",
        "松本",
        "井上",
        "木村",
        "林",
        "斎藤",
        "清水",
        "山崎",
        "森",
        "池田",
        "橋本",
        "阿部",
        "石川",
        "前田",
        "藤田",
        "小川",
    ),
    "ko": ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신"),
    "en": (
        "Smith",
        "Jones",
        "Taylor",
        "Brown",
        "Wilson",
        "Evans",
        "Walker",
        "Wright",
        "Green",
        "Hall",
        "Chen",
        "Patel",
    ),
}
GIVEN_NAMES = {
    "ja": (
        "葵",
        "陽菜",
        "結衣",
        "美咲",
        "千代",
        "花",
        "桜",
        "真由美",
        "彩",
        "恵",
        "蓮",
        "湊",
        "翔太",
        "大輔",
        "健",
        "直樹",
        "拓海",
        "悠人",
        "誠",
        "亮",
        "舞",
        "遥",
        "明",
        "薫",
    ),
    "ko": (
        "민준",
        "서연",
        "지우",
        "서준",
        "하은",
        "도윤",
        "수빈",
        "지훈",
        "예진",
        "현우",
        "유나",
        "은지",
        "태현",
        "소영",
    ),
    "en": ("Emma", "Liam", "Grace", "Noah", "Ruby", "Jack", "Alice", "Oscar", "Nora", "Henry", "Maya", "Leo"),
}

ROMAN = dict(
    zip(
        (*FAMILY_NAMES["ja"], *GIVEN_NAMES["ja"], *FAMILY_NAMES["ko"], *GIVEN_NAMES["ko"]),
        (
            "sato suzuki takahashi tanaka ito watanabe yamamoto nakamura kobayashi kato yoshida yamada sasaki "
            "matsumoto inoue kimura hayashi saito shimizu yamazaki mori ikeda hashimoto abe ishikawa maeda "
            "fujita ogawa aoi hina yui misaki chiyo hana sakura mayumi aya megumi ren minato shota daisuke "
            "ken naoki takumi yuto makoto ryo mai haruka akira kaoru "
            "kim lee park choi jung kang cho yoon jang lim han oh seo shin "
            "minjun seoyeon jiwoo seojun haeun doyun subin jihoon yejin hyunwoo yuna eunji taehyun soyoung"
        ).split(),
        strict=True,
    )
)
"""Names in Latin letters, as people write them in addresses."""

TOPICS = ("late_delivery", "quality", "account", "how_to", "billing")
AGENTS = ("Haruka", "Kenji", "Soo-ah", "Yuki", "Mei")

COMMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "happy": {
        "ja": (
            "香りがよく、毎朝の楽しみになっています。",
            "焙煎したてが届くのがうれしいです。",
            "対応が丁寧でした。また頼みます。",
            "家族みんなで楽しんでいます。",
            "浅煎りのエチオピアが絶品でした。",
        ),
        "ko": (
            "향이 정말 좋아요. 매일 아침이 기다려집니다.",
            "갓 볶은 원두가 와서 좋습니다.",
            "친절한 답변 감사합니다.",
            "온 가족이 잘 마시고 있어요.",
        ),
        "en": (
            "The smell alone is worth it.",
            "Fresh every time, thank you.",
            "Friendly people and lovely beans.",
            "The light roast is the best part of my morning.",
        ),
    },
    "neutral": {
        "ja": ("ふつうにおいしいです。", "種類がもう少し多いとうれしいです。", "可もなく不可もなくです。"),
        "ko": ("무난합니다.", "종류가 조금 더 많으면 좋겠어요.", "나쁘지 않아요."),
        "en": ("It is fine.", "I would like more kinds to choose from.", "Good, but nothing special."),
    },
    "late_delivery": {
        "ja": (
            "届くのが遅く、豆が切れてしまいました。",
            "配達が予定より五日も遅れました。",
            "ギフトが間に合いませんでした。",
        ),
        "ko": (
            "배송이 너무 늦어서 원두가 떨어졌어요.",
            "예정보다 닷새나 늦게 도착했습니다.",
            "선물이 제때 오지 않았습니다.",
        ),
        "en": ("It came so late that I ran out of coffee.", "Five days late, again.", "The gift missed the birthday."),
    },
    "bad_support": {
        "ja": (
            "問い合わせの返事がなかなか来ません。",
            "二日待っても返信がありませんでした。",
            "サポートの対応が遅いです。",
        ),
        "ko": ("문의 답변이 너무 늦습니다.", "이틀을 기다려도 답이 없었어요.", "고객 지원이 느려요."),
        "en": ("I waited two days for an answer.", "Nobody replied for ages.", "Support is too slow."),
    },
    "quality": {
        "ja": ("今回の豆は香りがなく、古い感じがしました。", "焙煎にむらがありました。", "いつもより味が落ちました。"),
        "ko": ("이번 원두는 향이 없고 오래된 것 같아요.", "로스팅이 고르지 않았습니다.", "평소보다 맛이 떨어졌어요."),
        "en": ("This bag tasted stale.", "The roast was uneven.", "Not as good as it used to be."),
    },
    "price_rise": {
        "ja": ("値上げで続けるのが難しくなりました。", "この値段なら近くの店で買います。"),
        "ko": ("가격이 올라서 계속하기 어렵습니다.", "이 가격이면 동네 가게에서 사겠어요."),
        "en": ("Too expensive since the price went up.", "At this price I buy from the shop next door."),
    },
    "never_engaged": {
        "ja": ("豆のひき方がわからず、あまり飲んでいません。", "忙しくて箱を開けていません。"),
        "ko": ("어떻게 갈아야 할지 몰라서 거의 안 마셨어요.", "바빠서 상자도 못 열었습니다."),
        "en": ("I never worked out how to grind them.", "The boxes pile up unopened."),
    },
}
