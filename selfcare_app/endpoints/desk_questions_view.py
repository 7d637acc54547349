"""What stands on the desk's pages of questions about charges."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape

from selfcare_app.care.charge_question.views import AtDesk, Correction, Waiting
from selfcare_app.catalogue.charges import FeeCharged
from selfcare_app.endpoints.desk_page import pairs, post, text, textarea, told
from selfcare_app.endpoints.desk_view import Words
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault
from selfcare_app.usage.codes import Kind, Zone
from selfcare_app.usage.views_receipt import Arithmetic, Receipt

_QUESTIONS = "/desk/questions"
_ANSWER = f"{_QUESTIONS}/answer"
_HIDDEN_DIGITS = 4
_SHORT_DIGITS = 6
_DAY = timedelta(days=1)


def questions(words: Words, who: Staff, found: Sequence[Waiting], fault: Fault | None = None, *, done: str = "") -> str:
    """The queue, the most urgent first, without whose they are: opening one is written down."""
    say = words.say
    good = told(words.plain(f"questions.done.{done}"), good=True) if done else ""
    lead = f"<p>{text(say, 'questions.lead')}</p>"
    rows = "".join(f"<section>{_waiting(words, each)}</section>" for each in found)
    body = rows or f"<p>{text(say, 'questions.none')}</p>"
    return words.page("questions.title", words.refusal(fault), good, lead, body, who=who, here=_QUESTIONS)


def _waiting(words: Words, found: Waiting) -> str:
    say = words.say
    rows = [
        (words.plain("questions.about"), words.plain("questions.fee" if found.is_fee else "questions.record")),
        (words.plain("questions.amount"), say.money(found.amount)),
        (words.plain("questions.why"), say.text(f"question.reason.{found.reason}")),
        (words.plain("questions.asked_at"), say.datetime(found.asked_at)),
        (words.plain("questions.due_on"), say.date(found.due_on)),
    ]
    late = told(words.plain("questions.late")) if found.is_late else ""
    waits = f"<p class=hint>{text(say, 'questions.asked_by', login=found.asked_by)}</p>" if found.asked_by else ""
    act = post(say, _QUESTIONS, text(say, "questions.look", no=str(found.no)), hidden={"question": str(found.id)})
    return f"<h2>{text(say, 'questions.one', no=str(found.no))}</h2>{late}{pairs(rows)}{waits}{act}"


def question(words: Words, who: Staff, found: AtDesk, look: str, fault: Fault | None = None, *, typed: str = "") -> str:
    """What was asked, why the charge is what it is, and the ways to answer."""
    say, about = words.say, found.question
    rows = [
        (words.plain("line.number"), say.msisdn(found.number) if found.number else words.plain("no")),
        (words.plain("questions.amount"), say.money(about.amount)),
        (words.plain("questions.why"), say.text(f"question.reason.{about.reason}")),
        (words.plain("questions.asked_at"), say.datetime(about.asked_at)),
        (words.plain("questions.due_on"), say.date(about.due_on)),
    ]
    late = told(words.plain("questions.late")) if found.is_late else ""
    asked = f'<p style="white-space:pre-line">{escape(about.words or "")}</p>'
    head = f"<section><h2>{text(say, 'questions.one', no=str(about.no))}</h2>{late}{pairs(rows)}{asked}</section>"
    back = f'<p><a href="{_QUESTIONS}">{text(say, "questions.back")}</a></p>'
    body = (head, _charge(words, found), _acts(words, found, look, typed), back)
    return words.page("questions.opened", words.refusal(fault), *body, who=who, here=_QUESTIONS)


def _charge(words: Words, found: AtDesk) -> str:
    if found.receipt is not None:
        rows = _of_record(words, found.receipt)
    elif found.fee is not None:
        rows = _of_fee(words, found.fee)
    else:
        return f"<section><p>{text(words.say, 'questions.not_kept')}</p></section>"
    return f"<section><h2>{escape(words.say.text('receipt.title'))}</h2>{pairs(rows)}</section>"


def _of_record(words: Words, found: Receipt) -> list[tuple[str, str]]:
    say, record = words.say, found.record
    event = f"{record.way.name.lower()}_{record.what.name.lower()}"
    rows = [
        (say.text("receipt.when"), say.datetime(record.at, "long")),
        (say.text("receipt.what"), say.text(f"usage.event.{event}")),
    ]
    # What somebody reads on the internet explains no price.
    if record.what is not Kind.DATA:
        rows.append((say.text("receipt.who"), _masked(record.peer)))
    if record.where is not Zone.NONE:
        rows.append((say.text("receipt.where"), say.text(f"usage.zone.{record.where.name.lower()}")))
    if found.price is not None:
        rows += [
            (say.text("receipt.plan"), found.price.plan_name),
            (say.text("receipt.price"), found.price.name or found.price.code),
            (say.text("receipt.version"), f"{found.price.plan}/{found.price.code}"),
            (say.text("receipt.since"), say.date(found.price.valid_from, "long")),
        ]
    if found.arithmetic is not None:
        rows += _arithmetic(words, found.arithmetic)
    rows += [(say.text("receipt.corrected"), say.money(each.exact)) for each in found.corrected]
    return [
        *rows,
        (say.text("receipt.charged"), say.money(found.charge)),
        ("", say.text(f"receipt.source.{found.source}")),
    ]


def _arithmetic(words: Words, sums: Arithmetic) -> list[tuple[str, str]]:
    say = words.say
    return [
        (say.text("receipt.used"), _quantity(words, sums.unit, sums.quantity)),
        (say.text("receipt.billed"), _quantity(words, sums.unit, sums.billed)),
        *((say.text("receipt.free", name=each.name), _quantity(words, sums.unit, each.quantity)) for each in sums.free),
        (say.text("receipt.paid"), say.number(sums.paid)),
        (say.text("receipt.sum"), say.money(sums.sum.exact)),
    ]


def _of_fee(words: Words, fee: FeeCharged) -> list[tuple[str, str]]:
    say = words.say
    period = f"{say.date(fee.period_from, 'long')} – {say.date(fee.period_until - _DAY, 'long')}"
    return [
        (say.text("receipt.fee.what"), say.text(f"receipt.fee.item.{fee.item}")),
        (say.text("receipt.fee.name"), fee.name),
        (say.text("receipt.fee.period"), period),
        (say.text("receipt.fee.price"), say.money(fee.fee)),
        (say.text("receipt.fee.at"), say.datetime(fee.charged_at, "long")),
        (say.text("receipt.charged"), say.money(fee.amount)),
    ]


def _acts(words: Words, found: AtDesk, look: str, typed: str) -> str:
    say, no = words.say, str(found.question.no)
    if found.asked_by:
        waits = f"<p class=hint>{text(say, 'questions.asked_by', login=found.asked_by)}</p>"
        return f'<section>{waits}<p style="white-space:pre-line">{escape(found.draft)}</p></section>'
    rule = words.profile.charge_question
    most, hidden = rule.max_length if rule else 0, {"look": look, "no": no}
    kept = typed or found.draft
    answer = post(
        say, _ANSWER, text(say, "questions.reply"), textarea(say, "answer", most=most, value=kept, place="reply"),
        hidden=hidden | {"act": "reply"},
    )  # fmt: skip
    plain = f"<section><h2>{text(say, 'questions.reply_title')}</h2>{answer}</section>"
    return plain + _correction(words, found.correction, hidden, most, kept)


def _correction(words: Words, found: Correction | None, hidden: dict[str, str], most: int, kept: str) -> str:
    say = words.say
    if found is None or not found.records:
        key = "questions.no_correction" if found is None else "questions.same_sums"
        return f"<section><p class=hint>{text(say, key)}</p></section>"
    rows = [
        (words.plain("questions.records"), say.number(found.records)),
        (words.plain("questions.before"), say.money(found.before)),
        (words.plain("questions.after"), say.money(found.after)),
    ]
    form = post(
        say, _ANSWER, text(say, "questions.correct"), textarea(say, "answer", most=most, value=kept, place="correct"),
        hidden=hidden | {"act": "correct"}, look="plain",
    )  # fmt: skip
    title = f"<summary>{text(say, 'questions.correct_title')}</summary>"
    return (
        f"<section><details>{title}<p>{text(say, 'questions.correct_lead')}</p>{pairs(rows)}{form}</details></section>"
    )


def _quantity(words: Words, unit: str, quantity: int) -> str:
    if unit == "seconds":
        return words.say.duration(quantity)
    if unit == "bytes":
        return words.say.data_size(quantity)
    return words.say.plural("receipt.messages", quantity)


def _masked(peer: str) -> str:
    """The other side without the digits that tell who it is: nobody at the desk needs them to explain a price.

    A short number or a name is a service, and what it costs hangs on which.
    """
    if not peer.isdigit() or len(peer) <= _SHORT_DIGITS:
        return peer
    return f"+{peer[:-_HIDDEN_DIGITS]}{'•' * _HIDDEN_DIGITS}"
