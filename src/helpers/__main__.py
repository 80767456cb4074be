"""Makes ``python -m helpers`` the command line of the book."""

import sys

# At import, jsonschema has a grammar of addresses compiled, which takes a second, if it finds the
# package of it; the formats that need it are asked for by nothing here.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from helpers.cli import main  # noqa: E402

sys.exit(main())
