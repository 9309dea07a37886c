"""Models on disk: found by name, and checked before an engine may touch them.

Vosk answers a damaged model with a line on standard error and `Failed to create a model`, with
an exception at the first audio (wrong rate), or not at all (a graph that lost its tail decodes
nonsense). So a model is read here first, as far as is cheap: every file there, every option
known, every graph as long as its header says, and the checksums that came with it.
"""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.asr.vocabulary import Vocabulary
from ivr.errors import ConfigError, Place

SHIPPED: Final = Path(__file__).parents[2] / "models"
"""Where the repository keeps the models that ship with it."""
CHECKSUMS: Final = "SHA256SUMS"
RATES_HZ: Final = (8000, 16000)
_QUICK_BYTES: Final = (
    100_000_000  # hashing 100 MB takes 0.3 s; a larger model is hashed by `verify`
)

# Options of Vosk 0.3.45's decoder, endpointer and nnet3 runtime (Kaldi: lattice-faster-decoder.h,
# online-endpoint.h, nnet-utils.h) and of Kaldi's MFCC (feature-mfcc.h); others abort loading.
_MODEL_OPTIONS: Final = frozenset(
    """
    beam max-active min-active lattice-beam prune-interval determinize-lattice beam-delta hash-ratio
    prune-scale delta max-mem phone-determinize word-determinize minimize acoustic-scale
    frame-subsampling-factor frames-per-chunk extra-left-context-initial debug-computation
    endpoint.silence-phones memory-pool-tokens-block-size memory-pool-links-block-size
    """.split()  # noqa: SIM905  # thirty strings in quotes read worse
)
_OPTION_FAMILIES: Final = ("endpoint.rule", "optimization.", "computation.", "compiler.")
_MFCC_OPTIONS: Final = frozenset(
    """
    sample-frequency frame-length frame-shift preemphasis-coefficient remove-dc-offset dither
    window-type blackman-coeff round-to-power-of-two snip-edges allow-downsample allow-upsample
    max-feature-vectors num-mel-bins low-freq high-freq vtln-low vtln-high debug-mel num-ceps
    use-energy energy-floor raw-energy cepstral-lifter htk-compat
    """.split()  # noqa: SIM905  # thirty strings in quotes read worse
)
_FST_MAGIC: Final = 2125659606  # OpenFst, fst.h
_STATE_BYTES, _ARC_BYTES = 20, 16  # OpenFst ConstFst<StdArc>: state and arc records


@dataclass(frozen=True)
class VoskModel:
    """A model that was checked and may be loaded."""

    path: Path
    rate_hz: int
    vocabulary: Vocabulary
    takes_grammars: bool
    """Whether its graph is put together at run time; a static one ignores grammars."""


def find(name: str, models_dir: Path) -> Path:
    """Give the folder (ear) or file (voice) of a model. Raises ConfigError with the remedy."""
    for folder in (models_dir, SHIPPED):
        for candidate in (folder / name, folder / f"{name}.onnx"):
            if candidate.exists():
                return candidate
    problem = f"the model {name!r} is neither in {models_dir} nor among the shipped ones."
    raise ConfigError(problem, f"Run `ivr models get {name}`, or `ivr models list`.")


def open_vosk_model(name: str, models_dir: Path) -> VoskModel:
    """Find and check a model for the ear. Raises ConfigError that says what to do."""
    path = find(name, models_dir)
    model = inspect(path)
    files = [file for file in path.rglob("*") if file.is_file()]
    if sum(file.stat().st_size for file in files) <= _QUICK_BYTES:
        check_sums(path)
    return model


def inspect(path: Path) -> VoskModel:
    """Check a Vosk model's files against each other; milliseconds. Raises ConfigError."""
    if not path.is_dir():
        raise _damaged(path, "is not the folder of a Vosk model.")
    for wanted in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf"):
        _must_exist(path / wanted)
    words_txt = path / "graph/words.txt"
    _must_exist(words_txt)
    _check_acoustic_model(path / "am/final.mdl")
    _options(path / "conf/model.conf", _MODEL_OPTIONS)
    mfcc = _options(path / "conf/mfcc.conf", _MFCC_OPTIONS)
    is_static = (path / "graph/HCLG.fst").exists()
    for graph in ("HCLG",) if is_static else ("HCLr", "Gr"):
        _check_graph(path / f"graph/{graph}.fst")
    if not is_static:
        _must_exist(path / "graph/disambig_tid.int")
    return VoskModel(path, _rate_hz(path, mfcc), _vocabulary(words_txt), not is_static)


def check_sums(path: Path) -> int:
    """Compare a model with the checksums that came with it; gives how many files were compared.

    0 for a model without checksums. Raises ConfigError naming the first file that differs.
    """
    sums = path / CHECKSUMS
    if not sums.exists():
        return 0
    lines = [line.split(maxsplit=1) for line in sums.read_text().splitlines() if line.strip()]
    for expected, name in lines:
        file = path / name.strip().lstrip("*")
        _must_exist(file)
        if sha256(file) != expected:
            raise _damaged(file, "is damaged: its checksum is not the published one.")
    return len(lines)


def write_sums(path: Path) -> None:
    """Note the checksums of all files of a model, in the format of `sha256sum`."""
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.name != CHECKSUMS)
    lines = [f"{sha256(file)}  {file.relative_to(path)}\n" for file in files]
    (path / CHECKSUMS).write_text("".join(lines))


def sha256(file: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _must_exist(file: Path) -> None:
    if not file.is_file() or not file.stat().st_size:
        raise _damaged(file, "is missing or empty.")


def _check_acoustic_model(file: Path) -> None:
    with file.open("rb") as content:
        head = content.read(64)
    if not head.startswith(b"\0B<TransitionModel>"):
        raise _damaged(file, "is not an acoustic model of Kaldi.")


def _options(file: Path, known: frozenset[str]) -> dict[str, str]:
    options = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        name, _, value = text.removeprefix("--").partition("=")
        family = known is _MODEL_OPTIONS and name.startswith(_OPTION_FAMILIES)
        if not (text.startswith("--") and (name in known or family)):
            problem = f"has an option that Vosk does not know: {text[:40]!r}."
            raise ConfigError(problem, "Remove the line.", Place(file, number))
        options[name] = value
    return options


def _rate_hz(path: Path, mfcc: dict[str, str]) -> int:
    given = mfcc.get("sample-frequency", "16000")  # Kaldi's own default
    rate_hz = int(float(given)) if given.replace(".", "", 1).isdigit() else 0
    if rate_hz not in RATES_HZ:
        problem = f"is made for {given} Hz; the ear takes models for 8000 or 16000 Hz."
        raise ConfigError(problem, "Choose another with `ivr models list`.", Place(path))
    return rate_hz


def _vocabulary(words_txt: Path) -> Vocabulary:
    try:
        vocabulary = Vocabulary.read(words_txt)
    except (UnicodeDecodeError, IndexError) as error:
        raise _damaged(words_txt, "is not a list of words.") from error
    if not len(vocabulary):
        raise _damaged(words_txt, "holds no words.")
    return vocabulary


def _check_graph(file: Path) -> None:
    """Check that a graph is as long as its header says (OpenFst, FstHeader::Write)."""
    _must_exist(file)
    size = file.stat().st_size
    with file.open("rb") as content:
        head = content.read(1024)
    try:
        kind, at, states, arcs = _fst_header(head, 0)
        if kind.endswith("_lookahead"):  # an add-on of its own, then the plain graph
            kind, at, states, arcs = _fst_header(head, at + 4)
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise _damaged(file, "is not a graph of OpenFst.") from error
    if kind == "const" and size < at + states * _STATE_BYTES + arcs * _ARC_BYTES:
        raise _damaged(file, "is cut short: it is smaller than its header says.")


def _fst_header(head: bytes, at: int) -> tuple[str, int, int, int]:
    """Give type, end of the header, number of states and of arcs."""
    (magic,) = struct.unpack_from("<i", head, at)
    if magic != _FST_MAGIC:
        raise ValueError("no FST")
    at += 4
    names = []
    for _ in range(2):  # type of the graph, type of its arcs
        (length,) = struct.unpack_from("<i", head, at)
        names.append(head[at + 4 : at + 4 + length].decode("ascii"))
        at += 4 + length
    # version i32, flags i32, properties u64, start i64, states i64, arcs i64
    states, arcs = struct.unpack_from("<qq", head, at + 24)
    return names[0], at + 40, states, arcs


def _damaged(file: Path, problem: str) -> ConfigError:
    is_ours = file.is_relative_to(SHIPPED)
    again = "`git checkout models`" if is_ours else "`ivr models get NAME --again`"
    remedy = f"Bring the model back: {again}."
    return ConfigError(problem, remedy, Place(file))
