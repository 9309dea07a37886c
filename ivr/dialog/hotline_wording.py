"""The sentences that belong to no single question: `wording` of `hotline.yaml`."""

from collections.abc import Mapping
from typing import Final

from ivr.dialog.parts import Part, Texts


class Wording(Part):
    """All sentences that belong to no single question."""

    greeting: Texts
    """The first words, when no question is guessed."""
    offer_greeting: Texts
    """Before the offer of a question."""
    offer_declined: Texts
    """After a no to an offer, and after starting over."""
    offer_or: Texts
    """`{{ first }}` and `{{ second }}` are the titles of two questions."""
    not_understood: Texts
    """Before examples of what can be asked are given."""
    noisy_room: Texts = Texts(
        zh="您那边有点吵，请靠近话筒说，或者按零转人工。",
        en=(
            "It is noisy where you are. "
            "Please speak closer to the phone, or press zero for a person."
        ),
    )
    """Before that, once a call, where other voices come near the caller's."""
    guide: Texts
    """Asks to describe it; `{{ first }}` and `{{ second }}` are examples of what to say."""
    confirm: Texts
    """`{{ title }}` of the question that was understood, but not for sure."""
    # With a default, as every sentence that came later: what was published before must be readable.
    read_back: Texts = Texts(
        zh="跟您确认一下：{{ value }}，对吗？", en="Let me check: {{ value }}. Is that right?"
    )
    """`{{ value }}` is what was said and may have been misheard: an amount, a day, digits."""
    choose_one: Texts
    """After a "yes" to one or the other."""
    silence: Texts
    """After the first silence."""
    offer_person: Texts
    """After the second silence; yes or no is expected."""
    silence_goodbye: Texts
    """After the third silence; the call ends."""
    go_ahead: Texts
    """After a yes that was no answer to anything, and after hello."""
    anything_else: Texts
    """After the first answer of a call."""
    go_back: Texts
    """Said before the question to which the caller has returned."""
    go_on: Texts
    """Said before a form goes on for a caller who wants no person."""
    help: Texts
    """Said behind the examples of `guide`: how to steer."""
    help_digits: Texts
    """What may be said or pressed for a number of `{{ count }}` digits."""
    help_amount: Texts
    """To a caller who asks what to say while an amount is asked for."""
    help_date: Texts
    """The same for a date."""
    help_choice: Texts
    """The same for a choice."""
    help_text: Texts
    """The same for free words."""
    help_yes_no: Texts
    """The same for yes or no."""
    help_keys: Texts
    """The keys that work everywhere."""
    take_your_time: Texts = Texts(zh="好的，您慢慢来。", en="Take your time.")
    """To a caller who looks for what was asked."""
    welcome: Texts
    """After thanks."""
    language_changed: Texts
    """In the new language."""
    goodbye: Texts
    """The last words."""
    follow_up: Texts
    """`{{ title }}` is a related question's."""
    person: Texts
    """Before a call is handed over because the caller wants it."""
    person_for_upset: Texts
    """Somebody used words of the green channel."""
    person_for_tag: Texts
    """The first words to a caller with a tag of the green channel."""
    person_after_misunderstanding: Texts
    """Before it is handed over because nothing was understood twice in a row."""
    person_after_failed_check: Texts
    """Before it is handed over because card or code did not match."""
    person_after_retries: Texts
    """Before it is handed over because something could not be given."""
    agent_unavailable: Texts
    """When nobody takes the call; a call back is offered."""
    call_back: Texts
    """When the caller wants to be called back."""
    wrong_key: Texts
    """After a key that means nothing here."""
    verify_first: Texts
    """Before card or code are asked for."""
    identity_wrong: Texts
    """When card or code do not match."""
    lookup_failed: Texts
    """When facts cannot be looked up."""
    menu_intro: Texts
    """Said when Rasa does not answer and the keypad has to do."""
    menu_entry: Texts
    """`{{ title }}` and `{{ key }}` of one question of the menu."""
    menu_person: Texts
    """The last entry of the menu."""


WORDING_FACTS: Final[Mapping[str, str]] = {
    "offer_or": "first second",
    "follow_up": "title",
    "menu_entry": "title key",
    "confirm": "title",
    "read_back": "value",
    "guide": "first second",
    "help_digits": "count",
}
"""What the hotline's own sentences may name in `{{ … }}`; the others name nothing."""
