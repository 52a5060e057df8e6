"""`python -m sandbox`."""

import sys

if sys.platform == "win32":
    sys.exit("The sandbox needs Linux or macOS. On Windows, run it in WSL.")

from sandbox.cli import main

sys.exit(main())
