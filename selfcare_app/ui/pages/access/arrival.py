"""What a redirect brought to a page in its address, as Vars: the typed number, the wait for a code, why one is here."""

from typing import Any

from reflex.vars.base import Var, VarData
from reflex_base.utils.imports import ImportVar

_HOOK = VarData(
    imports={"$/frame/arrival": [ImportVar(tag="useArrival")]}, hooks={"const arrival = useArrival();": None}
)

_LAST = VarData(imports={"$/frame/arrival": [ImportVar(tag="useLast")]}, hooks={"const last = useLast();": None})


def _brought(name: str, kind: type) -> Any:
    return Var(_js_expr=f"arrival.{name}", _var_type=kind, _var_data=_HOOK).guess_type()


number = _brought("number", str)
shown = _brought("shown", dict)
wait = _brought("wait", int)
expired = _brought("expired", bool)
ended = _brought("ended", bool)
done = _brought("done", bool)
due = _brought("due", bool)
saved = _brought("saved", bool)
last: Any = Var(_js_expr="last", _var_type=str, _var_data=_LAST).guess_type()
"""The last part of the address, such as an id; the browser knows it before a State has read what it names."""

next_path = _brought("next", str)
