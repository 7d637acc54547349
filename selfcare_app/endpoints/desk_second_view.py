"""What stands on the pages of requests that wait for a second employee, and of the employees."""

from collections.abc import Sequence
from html import escape

from selfcare_app.access.desk_second import LONGEST_REASON, Colleague, Waiting
from selfcare_app.access.staff import Duty
from selfcare_app.endpoints.desk_page import field, pairs, post, text, told
from selfcare_app.endpoints.desk_view import Words
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault

_REQUESTS, _EMPLOYEES = "/desk/requests", "/desk/employees"


def requests(words: Words, who: Staff, found: Sequence[Waiting], fault: Fault | None = None, *, done: str = "") -> str:
    """What waits: one's own can be withdrawn, another's confirmed or declined by whoever has that duty."""
    say = words.say
    good = told(words.plain(f"done.{done}"), good=True) if done else ""
    lead = f"<p>{text(say, 'requests.lead')}</p>"
    rows = "".join(f"<section>{_waiting(words, who, each)}</section>" for each in found)
    body = rows or f"<p>{text(say, 'requests.none')}</p>"
    return words.page("requests.title", words.refusal(fault), good, lead, body, who=who, here=_REQUESTS)


def _waiting(words: Words, who: Staff, found: Waiting) -> str:
    say = words.say
    about = say.msisdn(found.about) if found.kind in ("grant", "refund", "correction", "dispute") else found.about
    rows = [(words.plain("requests.about"), about)]
    if found.kind == "grant":
        rows.append((words.plain("field.role"), words.plain(f"role.{found.terms['role']}")))
        rows.append((words.plain("field.over"), words.plain(f"over.{found.terms['over']}")))
        rows.append((words.plain("field.application"), found.reason))
    elif found.kind == "refund":
        rows.append((words.plain("field.application"), found.reason))
        rows.append((words.plain("returns.amount"), str(found.terms["amount"])))
    elif found.kind == "dispute":
        rows.append((words.plain("disputes.acquirer"), found.reason))
        rows.append((words.plain("disputes.transaction"), str(found.terms["transaction"])))
        rows.append((words.plain("returns.amount"), str(found.terms["amount"])))
    elif found.kind == "correction":
        rows.append((words.plain("questions.no"), found.reason))
        rows.append((words.plain("questions.before"), str(found.terms["before"])))
        rows.append((words.plain("questions.after"), str(found.terms["after"])))
    else:
        rows.append((words.plain("field.words"), found.reason))
    rows.append((words.plain("requests.asked_by"), found.asked_by))
    rows.append((words.plain("requests.asked_at"), say.datetime(found.asked_at)))
    rows.append((words.plain("requests.expires_at"), say.datetime(found.expires_at)))
    if found.is_own:
        acts: tuple[str, ...] = ("withdraw",)
    else:
        acts = ("confirm", "decline") if Duty.CONFIRM in who.duties and found.about != who.login else ()
    forms = "".join(_decide(words, found, each) for each in acts)
    buttons = f"<div class=buttons>{forms}</div>" if forms else ""
    return f"<h2>{text(say, f'request_kind.{found.kind}')}</h2>{pairs(rows)}{buttons}"


def _decide(words: Words, found: Waiting, act: str) -> str:
    hidden, look = {"request": str(found.id), "act": act}, "" if act == "confirm" else "plain"
    return post(words.say, _REQUESTS, text(words.say, f"act.{act}"), hidden=hidden, look=look)


def employees(
    words: Words, who: Staff, found: Sequence[Colleague], fault: Fault | None = None, *, done: str = ""
) -> str:
    """The others: unlocked at once, their access taken or given back by two."""
    say = words.say
    good = told(words.plain(f"done.{done}"), good=True) if done else ""
    lead = f"<p>{text(say, 'employees.lead')}</p>"
    rows = "".join(f"<section>{_colleague(words, each)}</section>" for each in found)
    body = rows or f"<p>{text(say, 'employees.none')}</p>"
    return words.page("employees.title", words.refusal(fault), good, lead, body, who=who, here=_EMPLOYEES)


def _colleague(words: Words, found: Colleague) -> str:
    say = words.say
    duties = ", ".join(words.plain(f"duty.{each}") for each in found.duties) or words.plain("duty.none")
    rows = [
        (words.plain("line.state"), words.plain(f"employee.{found.state}")),
        (words.plain("employees.duties"), duties),
    ]
    act = "enable" if found.state == "disabled" else "disable"
    why = field(say, "words", place=found.login, hint=text(say, "employees.words_hint"), most=LONGEST_REASON)
    asked = post(say, _EMPLOYEES, text(say, "employees.ask"), why, hidden={"login": found.login, "act": act})
    forms = f"<details><summary>{_named(words, act, found)}</summary>{asked}</details>"
    if found.state in ("works", "locked"):
        hidden = {"login": found.login, "act": "unlock"}
        forms = post(say, _EMPLOYEES, _named(words, "unlock", found), hidden=hidden, look="plain") + forms
    return f"<h2>{escape(found.login)}</h2>{pairs(rows)}{forms}"


def _named(words: Words, act: str, found: Colleague) -> str:
    return text(words.say, f"employees.{act}", login=found.login)
