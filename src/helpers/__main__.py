"""Makes ``python -m helpers`` the command line of the book."""

import sys

from helpers.cli import main

sys.exit(main())
