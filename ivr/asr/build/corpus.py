"""What the ear should know: the words callers may say and the sentences it should expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ivr.asr.build import ngram, talk, vocabulary
from ivr.asr.build.lexicon import UnknownCosts
from ivr.asr.build.phones import Sounds
from ivr.asr.build.pronunciation import Reading, Spoken, pronounce_all
from ivr.asr.build.vocabulary import Example, Sentence
from ivr.domain import Language
from ivr.errors import ConfigError

MAX_WORDS = 20_000
_GENERAL_SENTENCES = 60_000
_FLOWS_SHARE = 0.4


@dataclass(frozen=True)
class Order:
    """What to build: a language, the model to build around, and where the result goes.

    `overrides` are readings from `flows/pronunciations.yaml`; `slots` the values of named
    slots. `compares` is for people: the report then tells cost and perplexity without the flows,
    which takes a third of the time.
    """

    language: Language
    base: Path
    out: Path
    examples: tuple[Example, ...] = ()
    slots: Mapping[str, Sequence[str]] = field(default_factory=dict)
    overrides: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)
    costs: UnknownCosts = field(default_factory=UnknownCosts)
    compares: bool = True


@dataclass(frozen=True)
class Corpus:
    """The vocabulary with its sounds, the flows' sentences and general talk.

    `told_words` are the words that the flows brought along.
    """

    spoken: Spoken
    told: tuple[Sentence, ...]
    general: tuple[tuple[str, ...], ...]
    told_words: frozenset[str]

    @cached_property
    def general_model(self) -> ngram.NGram:
        """The language model of general talk: two seconds, and wanted three times."""
        general = ((sentence, 1.0) for sentence in self.general)
        return ngram.train(general, self.spoken.readings, ngram.Smoothing())


def collect(order: Order, sounds: Sounds) -> Corpus:
    """Every word and sentence; words without sounds are taken out of both."""
    language = order.language
    known = talk.base_words(language) | vocabulary.class_words(language)
    written = {*order.overrides, *vocabulary.written_words(order.examples, language, known)}
    values = [Example(value) for values in order.slots.values() for value in values]
    told = vocabulary.collect(order.examples, order.slots, language, known | written)
    listed = vocabulary.collect(values, {}, language, known | written)
    wanted = {word for sentence in (*told, *listed) for word in sentence.words}
    if len(wanted) > MAX_WORDS:
        raise ConfigError(
            f"the flows hold {len(wanted)} different words; an ear of this size takes {MAX_WORDS}.",
            "Callers say a few thousand: look for pasted documents among the examples.",
        )
    spoken = pronounce_all(
        known | wanted | written,
        order.overrides,
        lambda word: vocabulary.pronounce(word, language),
        sounds.names,
    )
    general = tuple(tuple(s.split()) for s in talk.sentences(language, _GENERAL_SENTENCES))
    return Corpus(spoken, told, general, frozenset(wanted))


def language_model(corpus: Corpus, told: Sequence[Sentence]) -> ngram.NGram:
    """General talk, and where there are flows, their sentences for two fifths of it."""
    known, general = corpus.spoken.readings, corpus.general_model
    if not told:
        return general
    mean = sum(sentence.weight for sentence in told) / len(told) or 1.0
    weighted = ((sentence.words, sentence.weight / mean) for sentence in told)
    return ngram.mix(ngram.train(weighted, known, ngram.Smoothing()), general, _FLOWS_SHARE)


def perplexities(corpus: Corpus) -> tuple[float, float]:
    """On every eighth of the flows' sentences: without and with the other seven."""
    held, rest = corpus.told[::8], [s for at, s in enumerate(corpus.told) if at % 8]
    sentences = [sentence.words for sentence in held]
    before, after = language_model(corpus, ()), language_model(corpus, rest)
    return before.perplexity(sentences), after.perplexity(sentences)
