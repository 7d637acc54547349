"""Who looked at me: the subscriber's own view, and the file that he can have checked by anybody."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from selfcare_app import wiring
from selfcare_app.journal import export, rules, view
from selfcare_app.journal.check import Finding
from selfcare_app.kit.actor import Acting, OwnOnly, Staff, System
from selfcare_app.kit.ids import new_id
from selfcare_app.manage import main
from tests.journal.conftest import Book


def mine(book: Book, actor: object, **named: object) -> list[str]:
    return [each.action for each in wiring.ask_now(view.mine, actor, **named).items]  # type: ignore[arg-type]


@pytest.mark.requirement("AS-035")
def test_one_sees_his_own_entries_alone_the_newest_first(book: Book) -> None:
    person, other = book.world.subscriber(), book.world.subscriber()
    for action in ("viewed_home", "viewed_calls"):
        book.write(person, action)
    book.write(other, "viewed_orders")
    assert mine(book, person) == ["viewed_calls", "viewed_home"]


@pytest.mark.security("T16", "asvs_8_3_3")
def test_what_others_did_can_be_seen_apart_with_their_names(book: Book) -> None:
    person, curator = book.world.subscriber(), book.world.line(user_name="Пётр Иванов")
    book.write(person)
    book.write(replace(person, acting=Acting(curator.id, "curator", "view")), "viewed_calls")
    book.write(Staff(new_id(), new_id(), "i.desk"), "temporary_password", line_id=person.line_id)
    book.write(System("orders"), "number_changed", line_id=person.line_id)
    shown = wiring.ask_now(view.mine, person, others=True).items
    assert [(each.actor, each.role, each.name, each.number) for each in shown] == [
        ("system", "", "orders", ""),
        ("staff", "", "i.desk", ""),
        ("delegate", "curator", "Пётр Иванов", curator.msisdn),
    ]


def test_pages_follow_one_another_without_a_gap(book: Book) -> None:
    person = book.world.subscriber()
    for _ in range(view.PAGE + 5):
        book.write(person)
    first = wiring.ask_now(view.mine, person)
    rest = wiring.ask_now(view.mine, person, cursor=first.next or "")
    places = [each.seq for each in (*first.items, *rest.items)]
    assert places == list(range(view.PAGE + 5, 0, -1))
    assert rest.next is None
    assert wiring.ask_now(view.mine, person, cursor="1 OR 1=1").items == first.items


@pytest.mark.security("T18")
def test_a_delegate_sees_none_of_it(book: Book) -> None:
    person, curator = book.world.subscriber(), book.world.line()
    with book.wires.db.snapshot() as session, pytest.raises(OwnOnly):
        view.mine(session, replace(person, acting=Acting(curator.id, "curator", "manage")))


def made(book: Book, actor: object) -> dict[str, object]:
    document = wiring.do_now(export.make, actor, now=book.now)  # type: ignore[arg-type]
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def test_a_file_can_be_checked_without_us(book: Book) -> None:
    person = book.fill(2, 3)[0]
    document, key = made(book, person), book.wires.keys.public_key(rules.ANCHOR_KEY)
    assert [entry["action"] for entry in document["entries"]] == [*["viewed_home"] * 3, "journal_downloaded"]  # type: ignore[attr-defined]
    assert export.check(document, key) == []
    assert book.found() == set()


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (lambda d: d["entries"][1].update(actor="system"), "changed"),
        (lambda d: d["entries"].pop(1), "missing"),
        (lambda d: d["entries"].pop(), "signature"),
        (lambda d: d["entries"].insert(1, dict(d["entries"][0])), "missing"),
        (lambda d: d["entries"].reverse(), "missing"),
        (lambda d: d["entries"][0]["details"].update(turn=5), "details"),
        (lambda d: d.update(made_at=d["made_at"] + 1), "signature"),
        (lambda d: d.update(signature="AAAA"), "signature"),
        (lambda d: d.update(entries=None), "malformed"),
        (lambda d: d.update(entries=[]), "malformed"),
    ],
)
def test_whatever_is_done_to_the_file_is_found(book: Book, tamper: object, kind: str) -> None:
    person = book.fill(1, 3)[0]
    document, key = made(book, person), book.wires.keys.public_key(rules.ANCHOR_KEY)
    tamper(document)  # type: ignore[operator]
    assert kind in {found.kind for found in export.check(document, key)}


def test_a_later_file_shows_what_was_rewritten_since_the_earlier_one(book: Book) -> None:
    person = book.fill(1, 2)[0]
    key, earlier = book.wires.keys.public_key(rules.ANCHOR_KEY), made(book, person)
    book.write(person)
    later = made(book, person)
    assert export.check(later, key, earlier) == []
    stranger = made(book, book.fill(1, 2)[0])
    assert Finding("rewritten", 0, 1, earlier["entries"][0]["id"]) in export.check(stranger, key, earlier)  # type: ignore[index]


def test_the_command_checks_a_file_offline(book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person = book.fill(1, 2)[0]
    document, file = made(book, person), tmp_path / "journal.json"
    file.write_text(json.dumps(document), "utf-8")
    assert main(["journal", "key"]) == 0
    key = capsys.readouterr().out.strip()
    wiring.rewire(None)  # the key alone is enough: no database, no secret
    assert main(["journal", "check", "--export", str(file), "--key", key]) == 0
    document["entries"][0]["actor"] = "system"  # type: ignore[index]
    file.write_text(json.dumps(document), "utf-8")
    assert main(["journal", "check", "--export", str(file), "--key", key]) == 1
    file.write_text("{", "utf-8")
    assert main(["journal", "check", "--export", str(file), "--key", key]) == 2
