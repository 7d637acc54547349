"""Tariff plans and services of a made-up operator: what they give, what they cost, how they are told about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Fees in minor units; package in minutes, messages, megabytes; prices beyond it in kit.money.Rate units.

    `piece_units` is the price of 100 KB.
    """

    code: str
    name: str
    fee: int
    minutes: int
    messages: int
    megabytes: int
    minute_units: int
    message_units: int
    postpaid: bool = False
    open: bool = True
    description: str = ""
    switch_fee: int = 0
    fee_period: str = "month"
    piece_units: int = 300


@dataclass(frozen=True, slots=True)
class Offer:
    """A service: fees in minor units, package in minutes, messages, megabytes, minor units; `plans` are codes or none.

    `days`: for how many the package is bought, 0 as the fee is taken; `on_net`: its minutes are for the own network.
    """

    code: str
    name: str
    description: str
    fee: int
    category: str = "other"
    connect_fee: int = 0
    fee_period: str = "month"
    minutes: int = 0
    messages: int = 0
    megabytes: int = 0
    plans: tuple[str, ...] = ()
    open: bool = True
    money: int = 0
    days: int = 0
    on_net: bool = False


PLANS = (
    Plan(
        "light", "Лёгкий", 790, 100, 50, 1_024, 79_000, 60_000,
        description="Для тех, кто звонит немного: 100 минут, 50 SMS и 1 ГБ интернета в месяц.",
        switch_fee=200, piece_units=500,
    ),
    Plan(
        "super8", "Супер 8", 1_490, 300, 100, 8_192, 69_000, 50_000,
        description="300 минут во все сети, 100 SMS и 8 ГБ интернета в месяц.",
        switch_fee=200,
    ),
    Plan(
        "comfort", "Комфорт", 2_190, 600, 200, 20_480, 59_000, 50_000,
        description="600 минут во все сети, 200 SMS и 20 ГБ интернета в месяц.", piece_units=200,
    ),
    Plan(
        "daily", "День за днём", 45, 0, 0, 0, 89_000, 60_000,
        description="Небольшая плата каждый день, в паузу вдвое меньше. Звонки и интернет по расходу.",
        switch_fee=200, fee_period="day", piece_units=400,
    ),
    Plan(
        "hello", "Привет", 0, 0, 0, 0, 159_000, 80_000, open=False, description="Без абонентской платы.",
        piece_units=700,
    ),
    Plan(
        "business", "Бизнес", 2_990, 1_500, 500, 30_720, 49_000, 40_000, postpaid=True,
        description="1500 минут, 500 SMS и 30 ГБ интернета в месяц для сотрудников.", piece_units=200,
    ),
    Plan(
        "business_max", "Бизнес Макс", 4_490, 5_000, 1_000, 102_400, 39_000, 30_000, postpaid=True,
        description="5000 минут, 1000 SMS и 100 ГБ интернета в месяц для тех, кто всегда на связи.", piece_units=150,
    ),
    Plan(
        "internet", "Интернет 50", 2_490, 0, 20, 51_200, 159_000, 60_000,
        description="50 ГБ интернета в месяц для модема или планшета.", piece_units=150,
    ),
    Plan(
        "internet_max", "Интернет 200", 3_990, 0, 20, 204_800, 159_000, 60_000,
        description="200 ГБ интернета в месяц для модема или планшета.", switch_fee=200, piece_units=100,
    ),
)  # fmt: skip
VOICE = ("light", "super8", "comfort", "daily", "business", "business_max")
SERVICES = (
    Offer("who_called", "Кто звонил", "SMS о звонках, которые вы пропустили", 0, "calls"),
    Offer("melody", "Мелодия вместо гудка", "Звонящие слышат вашу мелодию", 190, "entertainment", plans=VOICE),
    Offer("roaming", "Роуминг", "Связь за границей", 0, "roaming"),
    Offer("antivirus", "Антивирус", "Защита телефона от вирусов", 290, "safety", connect_fee=100),
    Offer("voice_mail", "Голосовая почта «Плюс»", "Сообщения, когда вы не можете ответить", 150, "calls", plans=VOICE),
    Offer("digest", "Новости дня", "Коротко о главном, по SMS каждое утро", 12, "information", fee_period="day"),
)
PACKAGES = (
    Offer(
        "net_5", "Интернет 5 ГБ", "5 ГБ сверх тарифного плана, до конца месяца", 590, "mobile_internet",
        megabytes=5_120, plans=VOICE,
    ),
    Offer(
        "net_20", "Интернет 20 ГБ", "20 ГБ сверх тарифного плана, до конца месяца", 1_290, "mobile_internet",
        megabytes=20_480,
    ),
    Offer(
        "net_day", "Интернет на день", "1 ГБ в день сверх тарифного плана", 39, "mobile_internet", fee_period="day",
        megabytes=1_024,
    ),
    Offer(
        "sms_100", "100 SMS", "100 SMS по стране в месяц", 250, "messages", connect_fee=50, messages=100,
        plans=VOICE,
    ),
    Offer(
        "talk_own", "200 минут внутри сети", "200 минут на номера нашей сети в месяц", 390, "calls", minutes=200,
        plans=VOICE, on_net=True,
    ),
    Offer(
        "net_week", "Интернет на неделю", "3 ГБ на семь дней с момента подключения", 0, "mobile_internet",
        connect_fee=350, megabytes=3_072, days=7,
    ),
    Offer(
        "sum_5", "Сумма трафика на 5", "Звонки, SMS и интернет по стране на 5,00 за 30 дней", 0, "other",
        connect_fee=450, money=500, days=30, plans=VOICE,
    ),
)  # fmt: skip
"""Offered too, and nobody has them to begin with."""

IN_UKRAINE = {
    "Лёгкий": "Легкий",
    "Привет": "Привіт",
    "Бизнес": "Бізнес",
    "Бизнес Макс": "Бізнес Макс",
    "Интернет 50": "Інтернет 50",
    "Интернет 200": "Інтернет 200",
    "День за днём": "День за днем",
    "Кто звонил": "Хто дзвонив",
    "SMS о звонках, которые вы пропустили": "SMS про дзвінки, які ви пропустили",
    "Мелодия вместо гудка": "Мелодія замість гудка",
    "Звонящие слышат вашу мелодию": "Ті, хто дзвонить, чують вашу мелодію",
    "Роуминг": "Роумінг",
    "Связь за границей": "Зв'язок за кордоном",
    "Антивирус": "Антивірус",
    "Защита телефона от вирусов": "Захист телефону від вірусів",
    "Голосовая почта «Плюс»": "Голосова пошта «Плюс»",
    "Сообщения, когда вы не можете ответить": "Повідомлення, коли ви не можете відповісти",
    "Новости дня": "Новини дня",
    "Коротко о главном, по SMS каждое утро": "Коротко про головне, SMS щоранку",
    "Интернет 5 ГБ": "Інтернет 5 ГБ",
    "Интернет 20 ГБ": "Інтернет 20 ГБ",
    "Интернет на день": "Інтернет на день",
    "5 ГБ сверх тарифного плана, до конца месяца": "5 ГБ понад тарифний план, до кінця місяця",
    "20 ГБ сверх тарифного плана, до конца месяца": "20 ГБ понад тарифний план, до кінця місяця",
    "1 ГБ в день сверх тарифного плана": "1 ГБ на день понад тарифний план",
    "100 SMS по стране в месяц": "100 SMS по країні на місяць",
    "Для тех, кто звонит немного: 100 минут, 50 SMS и 1 ГБ интернета в месяц.": (
        "Для тих, хто телефонує небагато: 100 хвилин, 50 SMS і 1 ГБ інтернету на місяць."
    ),
    "300 минут во все сети, 100 SMS и 8 ГБ интернета в месяц.": (
        "300 хвилин на всі мережі, 100 SMS і 8 ГБ інтернету на місяць."
    ),
    "600 минут во все сети, 200 SMS и 20 ГБ интернета в месяц.": (
        "600 хвилин на всі мережі, 200 SMS і 20 ГБ інтернету на місяць."
    ),
    "Небольшая плата каждый день, в паузу вдвое меньше. Звонки и интернет по расходу.": (
        "Невелика плата щодня. Дзвінки та інтернет за витратою."
    ),
    "200 минут внутри сети": "200 хвилин усередині мережі",
    "200 минут на номера нашей сети в месяц": "200 хвилин на номери нашої мережі на місяць",
    "Интернет на неделю": "Інтернет на тиждень",
    "3 ГБ на семь дней с момента подключения": "3 ГБ на сім днів від підключення",
    "Сумма трафика на 5": "Сума трафіку на 5",
    "Звонки, SMS и интернет по стране на 5,00 за 30 дней": "Дзвінки, SMS та інтернет по країні на 5,00 за 30 днів",
    "Без абонентской платы.": "Без абонплати.",
    "1500 минут, 500 SMS и 30 ГБ интернета в месяц для сотрудников.": (
        "1500 хвилин, 500 SMS і 30 ГБ інтернету на місяць для співробітників."
    ),
    "5000 минут, 1000 SMS и 100 ГБ интернета в месяц для тех, кто всегда на связи.": (
        "5000 хвилин, 1000 SMS і 100 ГБ інтернету на місяць для тих, хто завжди на зв'язку."
    ),
    "50 ГБ интернета в месяц для модема или планшета.": "50 ГБ інтернету на місяць для модема чи планшета.",
    "200 ГБ интернета в месяц для модема или планшета.": "200 ГБ інтернету на місяць для модема чи планшета.",
}


def said(country: str, name: str) -> str:
    """A plan's or service's name, or what is told of it, as it is said in the country."""
    return IN_UKRAINE.get(name, name) if country == "UA" else name
