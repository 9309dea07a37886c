"""The lexicon as a graph: transition ids in, words out.

Words with the same beginning share it (a prefix tree) and the word itself is said on the last
sound, because look-ahead knows earlier which words can still follow.

    root -> (silence) -> begin -> sounds of a word ... -> root

A sound inside a word is two states: its frames, then optional blank frames. The blank must be
passed where the next sound is the same, or the acoustic model (CTC: a run of one sound is one
sound) could not tell them apart. A sound at the beginning of a word has two ways out with
states of their own: Kaldi's word aligner insists that the way without blank ends in the
sound's final transition, and gives wrong word times otherwise (seen with 0.3.45).

`[unk]` is anything speech-like that is no known word: whole words we know the sounds of but do
not want ("decoys"), which compete at equal terms with real words, and any sequence of sounds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from ivr.asr.build.fst import EPSILON, Draft, Graph
from ivr.asr.build.phones import Sounds

UNKNOWN = "[unk]"
Pronunciation = tuple[str, ...]


@dataclass(frozen=True)
class UnknownCosts:
    """How dear it is to hear `[unk]`, as negative natural logarithms before scaling.

    Higher means more speech is forced into known words. `sound` is paid per sound on top of
    the even choice between all sounds; `decoy` once for a decoy word. The defaults are those
    of the shipped models, tuned on real speech of other speakers than the test's.
    """

    sound: float = 0.0
    decoy: float = 4.0


class _Tree:
    """Grows the graph word by word."""

    def __init__(self, sounds: Sounds) -> None:
        self.draft = Draft()
        self._sounds = sounds
        self.root = self.draft.state()
        silence = self.draft.state()
        self.begin = self.draft.state()
        self.draft.arc(self.root, silence, sounds.silence_tid(1), EPSILON)
        self.draft.arc(silence, silence, sounds.silence_tid(0), EPSILON)
        self.draft.arc(silence, self.begin, EPSILON, EPSILON)
        self.draft.arc(self.root, self.begin, EPSILON, EPSILON)
        self.draft.finals = {self.root: 0.0, silence: 0.0}
        self._ways_out: dict[Pronunciation, tuple[int, int]] = {}
        self._last: dict[tuple[str, str], int] = {}

    def add(self, spoken: Pronunciation, word: int, cost: float) -> None:
        """Add one pronunciation of a word."""
        for length in range(1, len(spoken)):
            self._grow(spoken[:length])
        place = "S" if len(spoken) == 1 else "E"
        final = spoken[-1]
        for source in self._sources(spoken[:-1], final):
            self.end(source, final, place, word, cost)

    def _grow(self, prefix: Pronunciation) -> None:
        if prefix in self._ways_out:
            return
        place = "B" if len(prefix) == 1 else "I"
        sources = self._sources(prefix[:-1], prefix[-1])
        self._ways_out[prefix] = self.sound(sources, prefix[-1], place)

    def _sources(self, prefix: Pronunciation, following: str) -> Sequence[int]:
        if not prefix:
            return [self.begin]
        plain, after_blank = self._ways_out[prefix]
        return [after_blank] if prefix[-1] == following else [plain, after_blank]

    def sound(
        self, sources: Iterable[int], name: str, place: str, cost: float = 0.0
    ) -> tuple[int, int]:
        """A sound and its optional blank; gives the states left without and with a blank."""
        draft, tid = self.draft, self._sounds.tid
        sources = list(sources)
        frames, blank = draft.state(), draft.state()
        self._enter(sources, frames, tid(name, place, 0, 1), tid(name, place, 0, 0), cost)
        draft.arc(frames, blank, tid(name, place, 1, 2), EPSILON)
        draft.arc(blank, blank, tid(name, place, 1, 1), EPSILON)
        if place != "B":
            return frames, blank
        plain = draft.state()
        self._enter(sources, plain, tid(name, place, 0, 2), tid(name, place, 0, 0), cost)
        return plain, blank

    def _enter(self, sources: list[int], state: int, enter: int, stay: int, cost: float) -> None:
        for source in sources:
            self.draft.arc(source, state, enter, EPSILON, cost)
        self.draft.arc(state, state, stay, EPSILON)

    def end(self, source: int, name: str, place: str, word: int, cost: float) -> None:
        """The last sound of a word; all words that end in it share one state."""
        tid = self._sounds.tid
        key = name, place
        if key not in self._last:
            self._last[key] = state = self.draft.state()
            self.draft.arc(state, state, tid(name, place, 0, 0), EPSILON)
            self.draft.arc(state, self.root, EPSILON, EPSILON)
        self.draft.arc(source, self._last[key], tid(name, place, 0, 1), word, cost)


def lexicon_graph(
    sounds: Sounds,
    entries: Iterable[tuple[int, Pronunciation]],
    unknown: int,
    decoys: Iterable[Pronunciation] = (),
    costs: UnknownCosts = UnknownCosts(),  # frozen
) -> Graph:
    """The lexicon of `entries` (word number, its sounds) with `[unk]` under number `unknown`.

    Output labels are the word numbers given; the graph is sorted by them.
    """
    tree = _Tree(sounds)
    known = set()
    for word, spoken in sorted(set(entries), key=lambda entry: (entry[1], entry[0])):
        tree.add(spoken, word, 0.0)
        known.add(spoken)
    for spoken in sorted(set(decoys) - known):
        tree.add(spoken, unknown, costs.decoy)
    _add_any_sounds(tree, sounds, unknown, costs)
    return tree.draft.finish(tree.root, "olabel")


def _add_any_sounds(tree: _Tree, sounds: Sounds, unknown: int, costs: UnknownCosts) -> None:
    """`[unk]` as two or more sounds in any order."""
    cost = costs.sound + log(len(sounds.names))
    hub = tree.draft.state()
    for name in sounds.names:
        for place, source in (("B", tree.begin), ("I", hub)):
            for way_out in tree.sound([source], name, place, cost):
                tree.draft.arc(way_out, hub, EPSILON, EPSILON)
        tree.end(hub, name, "E", unknown, cost)
