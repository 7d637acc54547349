"""`python -m selfcare_app COMMAND`: the commands people run."""

import sys

from selfcare_app.manage import main

sys.exit(main())
