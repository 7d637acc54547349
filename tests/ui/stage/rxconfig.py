"""The program's own settings for a stage of its own."""

import runpy
from pathlib import Path

import selfcare_app

config = runpy.run_path(str(Path(selfcare_app.__file__).parents[1] / "rxconfig.py"))["config"]
config.app_name = "stage"
