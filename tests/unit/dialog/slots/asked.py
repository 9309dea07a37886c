"""Slots as flows ask for them, and what callers answer."""

from datetime import date

from ivr.dialog.parts import Texts
from ivr.dialog.slot_settings import Option, Slot, SlotType, Tense
from ivr.dialog.slots import value_of_words
from ivr.domain import Language

SATURDAY = date(2026, 11, 21)
PROMPT = Texts(zh="几", en="which")

AMOUNT = Slot(type=SlotType.AMOUNT, prompt=PROMPT)
DAY = Slot(type=SlotType.DATE, prompt=PROMPT)
PAST_DAY = Slot(type=SlotType.DATE, prompt=PROMPT, when=Tense.PAST)
COMING_DAY = Slot(type=SlotType.DATE, prompt=PROMPT, when=Tense.FUTURE)
NUMBER = Slot(type=SlotType.DIGITS, prompt=PROMPT)
FOUR = Slot(type=SlotType.DIGITS, prompt=PROMPT, length=4)
YES_NO = Slot(type=SlotType.YES_NO, prompt=PROMPT)
TEXT = Slot(type=SlotType.TEXT, prompt=PROMPT)
CHOICE = Slot(
    type=SlotType.CHOICE,
    prompt=PROMPT,
    options={
        "card": Option(zh=("信用卡", "卡"), en=("credit card", "card")),
        "loan": Option(zh=("贷款",), en=("loan", "the loan")),
    },
)
EVERY_SLOT = (AMOUNT, DAY, PAST_DAY, COMING_DAY, NUMBER, FOUR, YES_NO, TEXT, CHOICE)


def heard_as(slot: Slot, text: str, language: Language, today: date = SATURDAY) -> str | None:
    return value_of_words(slot, text, language, today)
