"""Returns of wrong payments when many try at once: the money moves once, on either engine."""

import threading
from collections import Counter
from typing import Any

import pytest

from selfcare_app.access import desk_second
from selfcare_app.access.desk_second import NoRequest
from selfcare_app.kit.errors import Fault
from selfcare_app.payments.refund import decide
from tests.payments.conftest import Till
from tests.payments.desks import BOTH, applied, clerk, wrong_line
from tests.payments.test_promise import run


@pytest.mark.security("R4", "asvs_15_4_2")
def test_of_many_who_confirm_one_moves_the_money(both: Till) -> None:
    mine = both.line(has=0)
    wrong = wrong_line(both, mine, has=9_000)
    payment = both.paid(wrong, 1_000, days_ago=1)
    made = applied(both, mine, payment, wrong.msisdn)
    both.do(decide.accept, clerk(both, "olga", *BOTH), application_id=made.id, payment_id=payment.id)
    checkers = [clerk(both, f"ivan{at}", *BOTH) for at in range(50)]
    (request,) = both.ask_at(desk_second.waiting, checkers[0])
    came = raced(both, lambda at: both.do(desk_second.confirm, checkers[at], request_id=request.id))
    assert came == {"done": 1, "NoRequest": 49}
    assert (both.balance(mine), both.balance(wrong), len(both.messages(mine))) == (1_000, 9_000, 2)


@pytest.mark.security("R4", "asvs_15_4_2")
def test_one_payment_is_returned_to_one_of_many_who_claim_it(both: Till) -> None:
    first = both.line(has=0)
    wrong = wrong_line(both, first, has=9_000)
    payment = both.paid(wrong, 1_000, days_ago=1)
    number = wrong.msisdn or ""
    others = [both.line(has=0, msisdn=f"{number[:-2]}{at:02d}") for at in range(10, 18)]
    maker, checkers = clerk(both, "olga", *BOTH), [clerk(both, f"ivan{at}", *BOTH) for at in range(9)]
    for line in (first, *others):
        made = applied(both, line, payment, wrong.msisdn)
        both.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    asked = both.ask_at(desk_second.waiting, checkers[0])
    came = raced(both, lambda at: both.do(desk_second.confirm, checkers[at], request_id=asked[at].id), 9)
    assert came == {"done": 1, "NoSuchPayment": 8}
    assert sum(both.balance(line) for line in (first, *others)) == 1_000
    assert both.balance(wrong) == 9_000


def raced(till: Till, act: Any, count: int = 50) -> Counter[str]:
    start, came = threading.Barrier(count), Counter[str]()

    def one(place: int) -> None:
        start.wait()
        try:
            act(place)
            came["done"] += 1
        except (NoRequest, Fault) as refused:
            came[type(refused).__name__] += 1

    run(one, count)
    return came
