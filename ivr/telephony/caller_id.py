"""Who calls, made harmless: callers, trunks and forgers may put anything into a caller id."""

import re

LONGEST = 20
"""E.164 has 15 digits; prefixes of trunks may add some."""


def cleaned_number(claimed: str) -> str:
    """Keep a leading "+" and the digits, at most LONGEST; "" for withheld or for words."""
    digits = re.sub(r"[^0-9]", "", claimed[:200])[:LONGEST]
    plus = "+" if claimed.lstrip().startswith("+") and digits else ""
    return plus + digits
