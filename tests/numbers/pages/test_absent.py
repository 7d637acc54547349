"""Where an operator has no number change there is no page of it and no way to it."""

import json
import os
import subprocess
import sys

import pytest

_ASK = """
import json
import selfcare_app.selfcare_app
from selfcare_app.ui import shell
print(json.dumps([[each.route for each in shell.SCREENS], list(shell.BUILT)]))
"""


def pages_of(operator: str) -> tuple[list[str], list[str]]:
    environment = os.environ | {"SELFCARE_OPERATOR": operator, "SELFCARE_DEMO": "1"}
    asked = subprocess.run([sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=True)
    routes, features = json.loads(asked.stdout.strip().splitlines()[-1])
    return routes, features


@pytest.mark.requirement("AS-075")
@pytest.mark.parametrize(("operator", "is_there"), [("issa", True), ("ihelper", False), ("assa", False)])
def test_only_operators_with_number_change_have_its_pages(operator: str, is_there: bool) -> None:
    routes, features = pages_of(operator)
    assert any(route.startswith("/number") for route in routes) == is_there
    assert ("number_change" in features) == is_there
