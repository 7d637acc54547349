"""The desk's pages as plain HTML: every value escaped, a script for passkeys alone, the operator's colours."""

from collections.abc import Iterable, Mapping
from html import escape

from babel import Locale

from selfcare_app.access.staff import Duty
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import Staff
from selfcare_app.operators import Profile

_TOKENS = (
    "surface", "surface_raised", "text", "muted", "line", "field_line", "accent", "accent_text", "good", "good_soft",
    "bad", "bad_soft", "focus",
)  # fmt: skip
_RULES = """
*{box-sizing:border-box}body{margin:0;background:var(--surface);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
header,main,footer{max-width:44rem;margin:0 auto;padding:1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}
header p{margin:0;font-weight:600}main{display:grid;gap:1.5rem}h1{font-size:1.625rem;line-height:2rem;margin:0}
h2{font-size:1.25rem;line-height:1.75rem;margin:0}p{margin:0;overflow-wrap:anywhere}
section,.card{display:grid;gap:1rem;background:var(--surface-raised);border:1px solid var(--line);
border-radius:var(--radius);padding:1rem}form{display:grid;gap:1rem;margin:0}label{display:block;font-weight:600}
.hint{color:var(--muted);font-size:.875rem}
input,select,textarea,button{font:inherit;min-height:2.75rem;width:100%;padding:.5rem .75rem;
border-radius:var(--radius);border:1px solid var(--field-line);background:var(--surface-raised);color:var(--text)}
button{width:auto;justify-self:start;background:var(--accent);border-color:var(--accent);color:var(--accent-text);
font-weight:600;cursor:pointer}button.plain{background:transparent;color:var(--accent)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.bad{border:1px solid var(--bad);background:var(--bad-soft)}
.good{border:1px solid var(--good);background:var(--good-soft)}
dl{display:grid;gap:.25rem 1rem;margin:0;grid-template-columns:minmax(7rem,1fr) 2fr}dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}ul{list-style:none;margin:0;padding:0;display:grid;gap:1rem}
li{display:grid;gap:.5rem;border-top:1px solid var(--line);padding-top:1rem}code{overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:.25rem .75rem}
nav.menu{max-width:44rem;margin:0 auto;padding:0 1rem}nav a[aria-current]{font-weight:600;color:var(--text)}
summary{cursor:pointer;padding:.6rem 0;color:var(--accent)}details[open]>summary{margin-bottom:.5rem}
[hidden]{display:none!important}.buttons{display:flex;flex-wrap:wrap;gap:.5rem}h3{font-size:1rem;margin:0}
nav a,main a{color:var(--accent);display:inline-block;padding:.6rem 0}
"""


def stylesheet(profile: Profile) -> str:
    """The desk's style sheet in the operator's colours, light and dark as the system says."""
    brand = profile.brand

    def colours(palette: object) -> str:
        return "".join(f"--{token.replace('_', '-')}:{getattr(palette, token)};" for token in _TOKENS)

    dark = f"@media (prefers-color-scheme:dark){{:root{{color-scheme:dark;{colours(brand.dark)}}}}}"
    return f":root{{color-scheme:light;--radius:{brand.radius_px}px;{colours(brand.light)}}}{dark}{_RULES}"


MENU = (("/desk", "search.title"), ("/desk/requests", "requests.title"), ("/desk/passkeys", "passkeys.title"))
KEEPERS = ("/desk/employees", "employees.title")
RETURNS = ("/desk/returns", "returns.title")
QUESTIONS = ("/desk/questions", "questions.title")
DISPUTES = ("/desk/disputes", "disputes.title")


def page(
    speaker: Speaker,
    language: str,
    profile: Profile,
    title: str,
    *body: str,
    who: Staff | None = None,
    here: str = "",
    script: str = "",
) -> str:
    """A whole page; `title` is a text, `body` is HTML, `who` the employee where one is in.

    `here` is the entry of the menu that it stands for, `script` the path of the script that it needs.
    """
    said = escape(title)
    languages = "".join(
        f'<a href="/desk/language/{each}" lang="{each}">{_own_name(each)}</a>'
        for each in profile.languages
        if each != language
    )
    leave = post(speaker, "/desk/leave", text(speaker, "leave"), look="plain") if who else ""
    name = f"<p>{escape(profile.short_name)} · {text(speaker, 'name')}{f' · {escape(who.login)}' if who else ''}</p>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{said} · '
        f'{escape(profile.short_name)}</title><link rel="stylesheet" href="/desk/style.css">'
        f'<link rel="icon" href="/icons/icon.svg">{_script(script)}</head><body><header>{name}{leave}</header>'
        f"{_menu(speaker, who, here) if who else ''}<main><h1>{said}</h1>{''.join(body)}</main>"
        f'<footer><nav aria-label="{text(speaker, "language")}">{languages}</nav></footer></body></html>'
    )


def _menu(speaker: Speaker, who: Staff, here: str) -> str:
    of_duty = (
        (Duty.EMPLOYEES, KEEPERS),
        (Duty.REFUNDS, RETURNS),
        (Duty.REFUNDS, DISPUTES),
        (Duty.QUESTIONS, QUESTIONS),
    )
    entries = (*MENU, *(entry for duty, entry in of_duty if duty in who.duties))
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if path == here else ""}>{text(speaker, key)}</a>'
        for path, key in entries
    )
    return f'<nav class="menu" aria-label="{text(speaker, "menu")}">{links}</nav>'


def _script(path: str) -> str:
    return f'<script type="module" src="{path}"></script>' if path else ""


def _own_name(language: str) -> str:
    name = Locale.parse(language).get_language_name(language)
    return escape((name or language).capitalize())


def text(speaker: Speaker, key: str, **args: object) -> str:
    """A sentence of the desk, escaped."""
    return escape(speaker.text(f"desk.document.{key}", **args))


def post(
    speaker: Speaker, action: str, button: str, *fields: str, hidden: Mapping[str, str] | None = None, look: str = ""
) -> str:
    """A form; `fields` are HTML, `button` its escaped words, `hidden` plain values."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in (hidden or {}).items()
    )
    shape = f' class="{look}"' if look else ""
    return f'<form method="post" action="{action}">{kept}{"".join(fields)}<button{shape}>{button}</button></form>'


def field(
    speaker: Speaker,
    name: str,
    *,
    place: str = "",
    kind: str = "text",
    hint: str = "",
    value: str = "",
    auto: str = "off",
    most: int = 200,
) -> str:
    """A labelled field of at most `most` characters; `place` makes its id one of a kind among those of the name."""
    ident = f"{name}-{place}" if place else name
    more = f' aria-describedby="{ident}-hint"' if hint else ""
    said = f'<p class="hint" id="{ident}-hint">{hint}</p>' if hint else ""
    return (
        f'<div><label for="{ident}">{text(speaker, f"field.{name}")}</label>{said}<input id="{ident}" name="{name}" '
        f'type="{kind}" value="{escape(value)}" autocomplete="{auto}" required maxlength="{most}"{more}></div>'
    )


def textarea(speaker: Speaker, name: str, *, most: int, place: str, value: str = "") -> str:
    """A labelled field of several lines; `place` makes its id one of a kind among those of the name."""
    ident = f"{name}-{place}"
    return (
        f'<div><label for="{ident}">{text(speaker, f"field.{name}")}</label>'
        # A browser leaves out the first end of a line.
        f'<textarea id="{ident}" name="{name}" rows="5" maxlength="{most}" required>\n{escape(value)}</textarea></div>'
    )


def select(speaker: Speaker, name: str, options: Iterable[tuple[str, str]], *, place: str = "") -> str:
    """A labelled choice; options are (value, escaped words)."""
    ident = f"{name}-{place}" if place else name
    offered = "".join(f'<option value="{escape(value)}">{said}</option>' for value, said in options)
    return (
        f'<div><label for="{ident}">{text(speaker, f"field.{name}")}</label>'
        f'<select id="{ident}" name="{name}">{offered}</select></div>'
    )


def told(said: str, *, good: bool = False) -> str:
    """What came of the last act: `said` is plain words."""
    if not said:
        return ""
    look, role = ("good", "status") if good else ("bad", "alert")
    return f'<p class="card {look}" role="{role}" id="told">{escape(said)}</p>'


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values, both plain words."""
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in rows)}</dl>"
