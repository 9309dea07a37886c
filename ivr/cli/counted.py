"""Numbers of things, as people say them."""


def counted(number: int, noun: str) -> str:
    """Give "1 error", "2 errors"; `noun` is one that takes an s."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
