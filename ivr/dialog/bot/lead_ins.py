"""How callers begin before they come to the point: "hi, I'd like to ask …", 你好我想问一下….

These words are examples of having a question without saying which, so that they drew whatever
followed there: of 190 Mandarin questions behind 我想问一下 the right one came first for 112 instead
of 176. Nothing follows them in an example, so they are only left out where something does.
"""

import re

_HAN = re.compile(r"[\u3400-\u9fff]")
_BLANK_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_LEAD_INS = {
    "zh": re.compile(
        r"(?:(?:[喂哎呃嗯啊]|那个|你好|您好|请问(?:一下|下)?|问一下|咨询一下"
        r"|我?就?是?(?:想|要|来)(?:请问|问|咨询|了解)(?:一下|下)?(?:你们|你|您)?)[,，。!！]?\s*)+"
    ),
    "en": re.compile(
        r"(?:(?:(?:um+|uh+|er|well|(?:hi|hello|hey)(?: there)?"
        r"|good (?:morning|afternoon|evening)|excuse me)"
        r"|(?:so |just )?(?:i would like|i'd like|i want|i wanted|i just wanted|let me|"
        r"can i|could i|may i) (?:just )?(?:to )?ask(?: you)?(?: something)?(?: about)?|"
        r"(?:i have|i've got|just) a (?:quick )?question(?: about)?)[,.!:]? +)+",
        re.IGNORECASE,
    ),
}
_FEWEST = 2
"""Signs or words that must follow: less is no question of its own."""


def without_lead_in(text: str) -> str:
    """Give what follows the words that a caller begins with, or all of it where nothing does."""
    if _HAN.search(text):
        text = _BLANK_BETWEEN_HAN.sub("", text)  # the ear's, between words
        rest = text[_end(_LEAD_INS["zh"], text) :]
        return rest if len(_HAN.findall(rest)) >= _FEWEST else text
    rest = text[_end(_LEAD_INS["en"], text) :]
    return rest if len(rest.split()) >= _FEWEST else text


def _end(lead_in: re.Pattern[str], text: str) -> int:
    found = lead_in.match(text)
    return found.end() if found else 0
