"""Take an action's answer without proving, every time, that its JSON schema is a schema.

Rasa calls `jsonschema.validate` on each answer, which checks the schema itself first: 24 of the
29 ms of processor time of a turn (Rasa 3.6.21, November 2026). Our hotline is the only one that
answers, and it checks the decision again on its side.
"""

from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.exceptions import RasaException


def accept(_: RemoteAction, result: Any) -> bool:
    """Whether an answer has the two lists that Rasa reads."""
    lists = isinstance(result, dict) and (result.get("events"), result.get("responses"))
    if not lists or not all(isinstance(part, list) for part in lists):
        raise RasaException("the action's answer has no lists of events and responses")
    return True


def use_quick_check() -> None:
    """Put `accept` in place of Rasa's check."""
    RemoteAction._validate_action_result = accept
