"""How a caller's telephone code is kept: never as it is."""

import hashlib
import hmac


def pin_hash(customer_id: str, pin: str) -> str:
    """Give the form in which a customer's code is kept and compared."""
    return hmac.new(customer_id.encode(), pin.encode(), hashlib.sha256).hexdigest()
