"""Digit cells and the typed mask say the same thing, whichever is used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from selfcare_app.ui import bundle
from tests.ui.test_frame import opened

SIGNS = bundle.ROOT / "selfcare_app" / "ui" / "compiled" / "mask-signs.js"
BUN = Path(sys.executable).parent / "bun"
SCRIPT = """
import * as signs from "%s";
const asked = JSON.parse(await Bun.stdin.text());
console.log(JSON.stringify(asked.map(([name, ...args]) => signs[name](...args))));
"""


def run(tmp_path: Path, asked: list[list[object]]) -> list[object]:
    (tmp_path / "run.js").write_text(SCRIPT % SIGNS, "utf-8")
    done = subprocess.run(
        [str(BUN), "run", "run.js"], cwd=tmp_path, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answer: list[object] = json.loads(done.stdout)
    return answer


def cells(text: str) -> list[str]:
    return ["" if sign == "." else sign for sign in text]


TYPED = {
    "": ".........",
    "%": ".........",
    "%0707": ".....0707",
    "29%": "29.......",
    "29%07": "29.....07",
    "_____9_9_": ".....9.9.",
    "%%07": ".......07",
    "291234567": "291234567",
    "29": "29.......",
}


def test_typed_masks_as_cells(tmp_path: Path) -> None:
    said = run(tmp_path, [["toCells", typed, 9] for typed in TYPED])
    assert said == [cells(text) for text in TYPED.values()]


@pytest.mark.requirement("ISSA-092")
def test_cells_as_the_shortest_typed_mask_and_back(tmp_path: Path) -> None:
    shown = [
        ".........",
        ".....0707",
        "29.......",
        "29.....07",
        "2.2.2.2.2",
        "...777...",
        "291234567",
        "9.......9",
        ".1..2...3",
    ]
    typed = run(tmp_path, [["toTyped", cells(text)] for text in shown])
    assert typed == ["", "%0707", "29%", "29%07", "2_2_2_2_2", "%777___", "291234567", "9%9", "_1__2%3"]
    again = run(tmp_path, [["toCells", mask, 9] for mask in typed])
    assert again == [cells(text) for text in shown]


def test_what_cells_cannot_show(tmp_path: Path) -> None:
    assert (
        run(tmp_path, [["toCells", mask, 9] for mask in ("%777%", "1%2%3", "1234567890", "%1234567890")]) == [None] * 4
    )


def test_a_mask_too_short_goes_on_with_any_digits(tmp_path: Path) -> None:
    assert run(tmp_path, [["whole", mask, 9] for mask in ("29", "", "%7", "291234567")]) == [
        "29%",
        "",
        "%7",
        "291234567",
    ]


def test_usual_stand_ins_are_understood(tmp_path: Path) -> None:
    assert run(tmp_path, [["cleaned", text] for text in ("*07 07", "29-???-xХ", "+375 29", "a%b_")]) == [
        "%0707",
        "29_____",
        "37529",
        "%_",
    ]


@pytest.fixture
def digits(page: Page) -> Locator:
    opened(page, "/form")
    return page.locator("fieldset input[inputmode=numeric]")


def shown(digits: Locator) -> str:
    return "".join(digits.nth(at).input_value() or "." for at in range(9))


@pytest.mark.requirement("ISSA-092")
def test_tap_a_cell_and_type(page: Page, digits: Locator) -> None:
    expect(digits).to_have_count(9)
    digits.nth(5).click()
    page.keyboard.type("0707")
    assert page.input_value("#mask") == "%0707"
    assert shown(digits) == ".....0707"
    expect(page.locator("#seen-mask")).to_have_text("%0707")
    page.click("#save")
    expect(page.locator("#sent")).to_contain_text("('mask', '%0707')")


def test_keys_move_and_clear(page: Page, digits: Locator) -> None:
    digits.nth(0).click()
    page.keyboard.type("291")
    expect(digits.nth(3)).to_be_focused()
    page.keyboard.press("Backspace")
    assert shown(digits) == "29......."
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    assert shown(digits) == "2........"
    page.keyboard.press("End")
    page.keyboard.type("7")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    assert page.input_value("#mask") == "%7"
    expect(digits.nth(1)).to_be_focused()


def test_a_full_cell_takes_a_new_digit(page: Page, digits: Locator) -> None:
    digits.nth(0).click()
    page.keyboard.type("2")
    digits.nth(0).click()
    page.keyboard.type("9")
    assert shown(digits) == "9........"


@pytest.mark.parametrize(
    ("pasted", "mask"), [("+375 29 123-45-67", "291234567"), ("%777%", "%777%"), ("0707", "__0707%"), ("words", "")]
)
def test_paste_into_a_cell(page: Page, digits: Locator, pasted: str, mask: str) -> None:
    digits.nth(2).focus()
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData('text', text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        pasted,
    )
    expect(page.locator("#mask")).to_have_value(mask)


def test_the_typed_form_leads_the_cells(page: Page, digits: Locator) -> None:
    page.fill("#mask", "29%07")
    assert shown(digits) == "29.....07"
    page.fill("#mask", "%777%")
    expect(digits.nth(0)).to_be_disabled()
    expect(page.get_by_text("по клеткам не разложить")).to_be_visible()
    page.fill("#mask", "29")
    assert shown(digits) == "29......."
    page.locator("#mask").blur()
    expect(page.locator("#mask")).to_have_value("29%")


def test_every_cell_has_a_name(page: Page, digits: Locator) -> None:
    expect(digits.nth(4)).to_have_accessible_name("Цифра 5 из 9, пусто означает любую")
