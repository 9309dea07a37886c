"""The utterance being heard, in one or more pieces.

A caller who pauses is answered; one who then talks on, before the answer has begun, has said one
utterance in two pieces. Each piece has an ear of its own, and none is lost when the answer that
waits for it is cancelled.
"""

import asyncio
from typing import Final

from ivr.asr import Ear, Recognizer
from ivr.audio.preroll import PreRoll
from ivr.audio.rise import LONGEST_S
from ivr.domain import SAMPLE_RATE_HZ, Listening, Utterance
from ivr.errors import EngineError

_KEPT_BYTES: Final = round(9.0 * 2 * SAMPLE_RATE_HZ)
"""Most audio kept while nobody may listen: a little less than an ear takes at once."""


class HeardUtterance:
    """Feeds ears and joins what they heard; one per call, used turn after turn."""

    def __init__(self, recognizer: Recognizer, pre_roll_s: float, tasks: asyncio.TaskGroup) -> None:
        self._recognizer, self._tasks = recognizer, tasks
        self._pre_roll, self._risen_for_s = PreRoll(pre_roll_s, LONGEST_S), 0.0
        self._ear: Ear | None = None
        self._kept: bytearray | None = None
        self._pieces: list[asyncio.Task[Utterance | EngineError]] = []
        self.has_words = False
        """Whether the pieces that are closed had words, as far as was known then."""

    def feed(self, pcm: bytes, risen_for_s: float = 0.0) -> None:
        """Hear one frame, or just remember it as what came before the first word.

        `risen_for_s`: for how long somebody has been louder than their room, who may only have been
        noticed now. An ear that opens begins so much earlier.
        """
        self._pre_roll.add(pcm)
        self._risen_for_s = risen_for_s
        if self._ear is not None:
            self._ear.feed(pcm)
        elif self._kept is not None:
            self._kept += pcm
            del self._kept[:-_KEPT_BYTES]

    def noticed_after_s(self, onset_s: float) -> float:
        """For how long who is noticed now, by voice of `onset_s`, is heard from before that."""
        return max(0.0, min(self._risen_for_s, self._pre_roll.length_s) - onset_s)

    @property
    def partial(self) -> str:
        """The words of the open piece so far."""
        return self._ear.partial if self._ear is not None else ""

    @property
    def is_one_piece(self) -> bool:
        """Whether the open piece is the first of its turn."""
        return not self._pieces

    def keep(self) -> None:
        """Remember all from now on, and what came just before: an ear opens later."""
        if self._kept is None:
            self._kept = bytearray(self._pre_roll.last(self._risen_for_s))

    def forget_kept(self) -> None:
        """What was kept is not wanted after all."""
        self._kept = None

    def begin_anew(self) -> None:
        """Forget the pieces of the turn before."""
        self.drop_piece()
        self._pieces, self.has_words = [], False

    def open_piece(self, listening: Listening) -> None:
        """Open an ear, beginning with what was remembered. Raises EngineUnavailable."""
        self.drop_piece()
        self._ear = self._recognizer.listen(listening)
        before = self._pre_roll.last(self._risen_for_s)
        self._ear.feed(before if self._kept is None else bytes(self._kept))
        self._kept = None

    def drop_piece(self) -> None:
        """It was a cough, or so it seems: it stays remembered for an ear that opens soon."""
        if self._ear is not None:
            self._ear.drop()
            self._ear = None

    def close_piece(self) -> None:
        """The caller has paused."""
        if self._ear is not None:
            self.has_words = self.has_words or bool(self._ear.partial)
            self._pieces.append(self._tasks.create_task(_words(self._ear)))
            self._ear = None
            self._pre_roll.was_heard()

    def was_nothing(self) -> None:
        """The turn brought no words: if it was the first of them, the next ear hears it again."""
        self._pre_roll.was_nothing()

    async def words_or_error(self) -> Utterance | EngineError | None:
        """Give all that was said in this turn, None for no words, or why it is not known."""
        heard = [await asyncio.shield(piece) for piece in self._pieces]
        failed = next((piece for piece in heard if isinstance(piece, EngineError)), None)
        return failed or joined([piece for piece in heard if isinstance(piece, Utterance)])


async def _words(ear: Ear) -> Utterance | EngineError:
    """Finish an ear; its failure is a value, since the caller may talk on before it is used."""
    try:
        return await ear.finish()
    except EngineError as error:
        return error


def joined(pieces: list[Utterance]) -> Utterance | None:
    """Make one utterance of its pieces, as sure as the least sure of them."""
    spoken = [piece for piece in pieces if piece.text]
    if not spoken:
        return None
    return Utterance(
        text=" ".join(piece.text for piece in spoken),
        language=spoken[0].language,
        confidence=min(piece.confidence for piece in spoken),
        words=tuple(word for piece in spoken for word in piece.words),
        is_doubtful=any(piece.is_doubtful for piece in spoken),
    )
