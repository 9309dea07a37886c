"""Conversation tests that cannot be read, or that name questions nobody has. Pure."""

from collections.abc import Iterator
from pathlib import Path

from ivr.dialog.conversations import FOLDER, Must, conversations_in
from ivr.dialog.finding import Finding, Where, finder, finding_of
from ivr.dialog.flows import FlowSet
from ivr.errors import ConfigError

NOTHING = "nothing"
"""What a test may name instead of a question."""


def check_conversations(flows: FlowSet, directory: Path) -> Iterator[Finding]:
    """Find what would keep the conversations beside the flows from being held."""
    for file in sorted((directory / FOLDER).glob("*.yaml")):
        try:
            held = conversations_in(file)
        except ConfigError as error:
            yield finding_of(error, directory)
            continue
        where = finder(file)
        for at, conversation in enumerate(held):
            path = ("conversations", at)
            for place, id_ in enumerate(conversation.offered):
                yield from _unknown(flows, id_, where, *path, "offered", place)
            yield from _must(flows, conversation.greeting, where, *path, "greeting")
            for turn, each in enumerate(conversation.turns):
                yield from _must(flows, each.hotline, where, *path, "turns", turn, "hotline")


def _must(flows: FlowSet, must: Must, where: Where, *path: str | int) -> Iterator[Finding]:
    named = {name: getattr(must, name) for name in ("answers", "offers", "confirms", "about")}
    for name, id_ in named.items():
        if id_ is not None and id_ != NOTHING:
            yield from _unknown(flows, id_, where, *path, name)
    for at, id_ in enumerate(must.lets_choose):
        yield from _unknown(flows, id_, where, *path, "lets_choose", at)


def _unknown(flows: FlowSet, id_: str, where: Where, *path: str | int) -> Iterator[Finding]:
    if id_ not in flows.flows:
        problem = f"this test names {id_!r}, which is no flow."
        yield Finding(where(*path), problem, "Correct it, or drop the test.")
