"""Leaves out of the bundle what Reflex ships for features that this program doesn't use."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

_NAMESPACES = re.compile(r'^import \* as \w+ from "[^"]+";\n', re.MULTILINE)
_WINDOW = re.compile(r"  useEffect\(\(\) => \{\n    // Make contexts.*?\n  \}, \[\]\);\n", re.DOTALL)
_IMPORT = 'import lean from "./lean.js";\n'


_STYLED = re.compile(r'jsx\(("?[\w.]+"?),\{[^{}]*\bcss:\(?(\{[^}]*\})')


class StyledPage(ValueError):
    """A page gives an element a style, or a property that the element doesn't have, which Reflex takes for a style."""


class LeanPlugin(Plugin):
    """Changes two files that Reflex generates; where they look different from what is expected they stay."""

    def get_static_assets(self, **_context: Any) -> Sequence[tuple[Path, str | bytes]]:
        """The bundler's own plugin."""
        return [(Path("lean.js"), Path(__file__).with_suffix(".js").read_text("utf-8"))]

    def pre_compile(self, **context: Any) -> None:
        """Registers the changes."""
        context["add_modify_task"]("app/root.jsx", without_namespaces)
        context["add_modify_task"]("vite.config.js", with_lean)

    def post_build(self, **context: Any) -> None:
        """Refuses pages that need the style library that isn't there. Raises StyledPage."""
        web: Path = context["static_dir"].parents[1]
        found = [
            f"{path.relative_to(web)}: {element} {style}"
            for folder in ("app", "app_components", "utils/components")
            for path in sorted((web / folder).rglob("*.jsx"))
            for element, style in _STYLED.findall(path.read_text("utf-8"))
        ]
        if found:
            raise StyledPage("use class_name, or custom_attrs for attributes: " + "; ".join(found))


def without_namespaces(root: str) -> str:
    """No whole libraries kept in `window` for components sent as code: the content policy forbids such code anyway."""
    return _NAMESPACES.sub("", _WINDOW.sub("", root)) if _WINDOW.search(root) else root


def with_lean(config: str) -> str:
    """The bundler's configuration with our plugin first."""
    if _IMPORT in config or "plugins: [\n" not in config:
        return config
    return _IMPORT + config.replace("plugins: [\n", "plugins: [\n    lean(),\n", 1)
