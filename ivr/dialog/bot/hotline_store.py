"""Conversations as live objects: Rasa's own store writes and parses each one twice a turn."""

from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class LiveTrackerStore(TrackerStore):
    """Keeps trackers in memory, as they are.

    A turn that fails half-way leaves its traces in the object; the channel sets every tracker
    back to its last known state before a turn, so they are never seen.
    """

    def __init__(self, domain: Domain, event_broker: Any = None, **_: Any) -> None:
        super().__init__(domain, event_broker)
        self.trackers: dict[str, DialogueStateTracker] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation."""
        self.trackers[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give a conversation."""
        return self.trackers.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """Give the ids of all conversations."""
        return self.trackers.keys()

    def forget(self, sender_id: str) -> None:
        """Drop a conversation."""
        self.trackers.pop(sender_id, None)
