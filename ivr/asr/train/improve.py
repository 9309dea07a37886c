"""Better weights for an ear: recordings in, a model beside the old one out."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ivr.asr.build import acoustic, phones, talk, trial, vocabulary
from ivr.asr.build.pronunciation import Reading
from ivr.asr.manifest import Clip, read_manifest, telephone
from ivr.asr.train import lean
from ivr.asr.train.data import Lexicon, is_held_out, load
from ivr.asr.train.net import Net
from ivr.asr.train.recording import Recording
from ivr.asr.train.trainer import Material, Plan, Progress, sound_error_rate, train
from ivr.domain import Language
from ivr.errors import ConfigError, Place

_SCORE_TOLERANCE = 0.05
_CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class Order:
    """What to train: the model to begin from, recordings, and where the result goes.

    `hold_out` is the share of speakers (0-1) that is never trained on and judges the result;
    `spoken` are further clips, such as synthesised sentences of the flows.
    """

    language: Language
    base: Path
    out: Path
    manifests: tuple[Path, ...]
    plan: Plan
    hold_out: float = 0.1
    spoken: tuple[Clip, ...] = ()
    overrides: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Improvement:
    """Errors of sounds on held-out speakers before and after, and how much was heard."""

    out: Path
    recordings: int
    left_out: int
    held_out: int
    error_before: float
    error_after: float
    score_error: float


def improve(order: Order, report: Callable[[Progress], None]) -> Improvement:
    """Fine-tune a model. Raises ConfigError for unusable manifests or a model of another kind."""
    final = order.base / "am" / "final.mdl"
    model = acoustic.read(final)
    sounds = phones.read(order.base / "graph" / "phones.txt", model)
    number = {name: at for at, name in enumerate(sounds.names, start=1)}
    known = talk.base_words(order.language) | vocabulary.class_words(order.language)
    lexicon = Lexicon(order.language, number, known, order.overrides)
    net = Net(model)
    clips = [clip for file in order.manifests for clip in read_manifest(file) if clip.in_domain]
    own, own_test = _parted(load(clips, lexicon, net), order.hold_out)
    if not own:  # one voice, say: all that was given would only judge
        own, own_test = own_test, []
    beside, beside_test = _parted(load(order.spoken, lexicon, net), order.hold_out)
    study, test = [*own, *beside], [*own_test, *beside_test]
    clips += order.spoken
    if not study:
        problem = f"none of {len(clips)} recordings can be trained on."
        raise ConfigError(problem, "Check their texts and lengths.", Place(order.out))
    device = next(net.parameters()).device
    before = sound_error_rate(net, test, device)
    order.out.mkdir(parents=True, exist_ok=True)
    checkpoint = order.out / _CHECKPOINT
    leaning = lean.measured(net, study)
    lean.shift(net, leaning)
    train(net, Material(own, beside, test), order.plan, checkpoint, report)
    lean.shift(net, -leaning)
    _export(order, net)
    error = _compare_scores(order, clips, lexicon, sounds)
    checkpoint.unlink()
    after = sound_error_rate(net, test, device)
    left_out = len(clips) - len(study) - len(test)
    return Improvement(order.out, len(study), left_out, len(test), before, after, error)


def _parted(
    recordings: Iterable[Recording], share: float
) -> tuple[list[Recording], list[Recording]]:
    """Those to train on, and those of speakers that only judge."""
    parted: tuple[list[Recording], list[Recording]] = ([], [])
    for recording in recordings:
        parted[is_held_out(recording.speaker, share)].append(recording)
    return parted


def _export(order: Order, net: Net) -> None:
    content = net.into(order.base / "am" / "final.mdl")
    for folder in ("conf", "graph"):
        shutil.copytree(
            order.base / folder, order.out / folder,
            copy_function=shutil.copyfile, dirs_exist_ok=True,
        )  # fmt: skip
    (order.out / "am").mkdir(exist_ok=True)
    (order.out / "am" / "final.mdl").write_bytes(content)


def _compare_scores(
    order: Order, clips: Sequence[Clip], lexicon: Lexicon, sounds: phones.Sounds
) -> float:
    """Vosk's scores of single words against those of the network as it was written."""
    known = vocabulary.read_words(order.out / "graph" / "words.txt")
    words = [clip for clip in clips if clip.text in known][:3]
    samples = [trial.Sample("", (clip.text,), telephone(clip.path)) for clip in words]
    found = trial.run(order.out, samples, [clip.text for clip in words])
    model = acoustic.read(order.out / "am" / "final.mdl")
    scale = trial.acoustic_scale(order.out / "conf" / "model.conf")
    name = {number: sound for sound, number in lexicon.number.items()}
    worst = 0.0
    for scored, sample in zip(found.scored, samples, strict=True):
        readings = [tuple(name[s] for s in way) for way in lexicon.ways(scored.word)]
        ours = trial.expected_score(model, sounds, readings, sample.pcm, scale)
        worst = max(worst, abs(scored.score - ours))
    if worst > _SCORE_TOLERANCE:
        problem = f"Vosk scores the trained model differently from its network (by {worst:.3f})."
        raise ConfigError(problem, "Keep the old model.", Place(order.out))
    return worst
