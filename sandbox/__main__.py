"""`python -m sandbox`."""

import sys
from io import TextIOWrapper

if sys.platform == "win32":
    sys.exit("The sandbox needs Linux or macOS. On Windows, run it in WSL.")

from sandbox.cli import main

for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # a name may have characters that the terminal lacks
sys.exit(main())
