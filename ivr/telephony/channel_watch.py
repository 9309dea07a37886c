"""What is known of each channel: every wait for Asterisk is a wait for one of these events."""

import asyncio
from collections.abc import Iterable

from ivr.telephony.ari_models import (
    Channel,
    ChannelDestroyed,
    ChannelHangupRequest,
    ChannelStateChange,
    Dial,
    Event,
    StasisEnd,
    StasisStart,
)

UP = "Up"


class ChannelWatch:
    """One channel's life: it came to us, was answered, left us, is no more."""

    def __init__(self, channel_id: str) -> None:
        self.channel_id = channel_id
        self.started = asyncio.Event()
        self.answered = asyncio.Event()
        self.gone = asyncio.Event()
        self.destroyed = asyncio.Event()
        self.is_hung_up = False
        self.cause = 0
        self.dial_status = ""

    def tell(self, event: Event) -> None:
        """Learn from an event about this channel."""
        match event:
            case StasisStart(channel=channel):
                self.started.set()
                self.see(channel)
            case ChannelStateChange(channel=channel):
                self.see(channel)
            case Dial(dialstatus=status):
                self.dial_status = status or self.dial_status
            case ChannelHangupRequest():
                self.is_hung_up = True
            case StasisEnd():
                self.gone.set()
            case ChannelDestroyed(cause=cause):
                self.lose(cause)
            case _:
                pass

    def see(self, channel: Channel) -> None:
        """Learn from a channel's description."""
        if channel.state == UP:
            self.answered.set()

    def lose(self, cause: int = 0) -> None:
        """Learn that the channel is no more."""
        self.cause, self.is_hung_up = cause or self.cause, True
        self.gone.set()
        self.destroyed.set()


class Watches:
    """All channels that somebody waits for."""

    def __init__(self) -> None:
        self._by_id: dict[str, ChannelWatch] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, channel_id: str) -> ChannelWatch:
        """Begin to watch a channel; before it is made, so that no event is missed."""
        return self._by_id.setdefault(channel_id, ChannelWatch(channel_id))

    def forget(self, channel_id: str) -> None:
        """Stop watching it."""
        self._by_id.pop(channel_id, None)

    def tell(self, event: Event) -> None:
        """Pass an event to the watch of its channel."""
        if watch := self._by_id.get(event.subject):
            watch.tell(event)

    def reconcile(self, living: Iterable[Channel]) -> None:
        """Make up for events that were missed while the socket was down."""
        by_id = {channel.id: channel for channel in living}
        for channel_id, watch in self._by_id.items():
            if channel := by_id.get(channel_id):
                watch.see(channel)
            elif watch.started.is_set():
                watch.lose()


async def first_of(*events: asyncio.Event) -> None:
    """Return when one of the events has happened."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
