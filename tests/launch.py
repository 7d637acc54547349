"""Starts the real server as a test wants it: `python -m tests.launch OPTIONS.json`; nothing of this is in the product.

Options: `bundle` a folder as ui.bundle makes it, `clock` a file with the seconds that the clock is ahead, `profiles` a directory of profiles
to be used in place of the product's.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path


def main(options: dict[str, str]) -> None:
    from selfcare_app.kit import clock

    ahead = Path(options["clock"])
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=float(ahead.read_text() or 0))
    if directory := options.get("profiles"):
        from selfcare_app.operators import registry

        registry._PROFILES = Path(directory)

    from selfcare_app.manage.server import serve
    from selfcare_app.settings import read
    from selfcare_app.ui import bundle

    settings, home = read(), Path(options["bundle"])
    serve(settings, home / bundle.STATIC, bundle.serving(home, settings.operator))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
