"""How English is written and said: text to words, words to sounds.

Sounds come from the CMU Pronouncing Dictionary (2 clause BSD, `data/cmudict.LICENSE`). A word
it does not hold is taken apart (cash|back, un|block), spelled letter by letter, or guessed by
the sequence-to-sequence model of the g2p-en package (Apache 2.0, Park and Kim 2019; weights in
half precision). The package itself is not a dependency: it fetches data on import.
"""

import lzma
import re
import unicodedata
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ivr.asr.build.pronunciation import Guess, Reading

_DATA = files("ivr.asr.build") / "data"
_VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_SIGNS = {"%": " percent ", "&": " and ", "+": " plus ", "@": " at ", "#": " hash ", "*": " star "}


# --- text to words -----------------------------------------------------------------------


def cardinal(number: int) -> list[str]:
    """A whole number as it is said: 1250 -> one thousand two hundred fifty."""
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10], *(cardinal(number % 10) if number % 10 else [])]
    for size, name in (
        (10**9, "billion"),
        (10**6, "million"),
        (1000, "thousand"),
        (100, "hundred"),
    ):
        if number >= size:
            rest = number % size
            return [*cardinal(number // size), name, *(cardinal(rest) if rest else [])]
    raise AssertionError(number)


def ordinal(number: int) -> list[str]:
    """23 -> twenty third."""
    *head, last = cardinal(number)
    if last in _ORDINALS:
        return [*head, _ORDINALS[last]]
    return [*head, last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def words(text: str) -> tuple[list[str], list[str]]:
    """The words of a sentence in lower case, and the pieces that no one can say.

    Figures are read out: up to six digits as a number, longer ones digit by digit.
    """
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").lower()
    plain = re.sub(r"[$£€¥]\s?(\d[\d,.]*)", r"\1 dollars", plain)
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
    for sign, spoken in _SIGNS.items():
        plain = plain.replace(sign, spoken)
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    said: list[str] = []
    lost: list[str] = []
    for piece in re.findall(r"\d+(?:st|nd|rd|th)\b|\d+|[a-z][a-z']*|[^\W\d_]+|[^\s\w]|_", plain):
        if piece[0].isdigit():
            said += _figures(piece)
        elif piece.isascii() and piece[0].isalpha():
            said.append(piece.strip("'"))
        elif unicodedata.category(piece[0]) in ("So", "Lo", "Ll", "Cn", "Co", "Sk"):
            lost.append(piece)
    return [word for word in said if word], lost


def _figures(piece: str) -> list[str]:
    if not piece.isdigit():
        return ordinal(int(piece[:-2]))
    if len(piece) > 6 or (len(piece) > 1 and piece[0] == "0"):
        return [_ONES[int(digit)] for digit in piece]
    return cardinal(int(piece))


# --- words to sounds ---------------------------------------------------------------------


@cache
def dictionary() -> dict[str, tuple[Reading, ...]]:
    """CMUdict without stress marks: word -> readings, the usual one first."""
    text = lzma.decompress((_DATA / "cmudict.txt.xz").read_bytes()).decode("ascii")
    readings: dict[str, list[Reading]] = {}
    for line in text.splitlines():
        word, *sounds = line.split()
        readings.setdefault(word, []).append(tuple(sounds))
    return {word: tuple(found) for word, found in readings.items()}


def pronounce(word: str) -> Guess:
    """The readings of a lower-case word, and whether they are more than a guess."""
    known = dictionary()
    if word in known:
        return Guess(known[word], sure=True)
    base = word.removesuffix("'s")
    if base != word and base in known:
        return Guess(tuple((*reading, _possessive(reading)) for reading in known[base]), sure=True)
    apart = _apart(word)
    if apart:
        return Guess((apart,), sure=True)
    if not re.search(r"[aeiouy]", word) or len(word) == 1:
        return Guess((_spelled(word),), sure=False)
    return Guess((_by_rule(word),), sure=False)


def _possessive(reading: Reading) -> str:
    return "S" if reading[-1] in ("P", "T", "K", "F", "TH") else "Z"


def _apart(word: str) -> Reading:
    """Two dictionary words that make up this one, the more even split first."""
    known = dictionary()
    cuts = sorted(range(2, len(word) - 2), key=lambda cut: abs(2 * cut - len(word)))
    for cut in cuts:
        head, tail = word[:cut], word[cut:]
        if (len(head) > 2 or head in ("un", "re")) and head in known and tail in known:
            if head == "un":
                return ("AH", "N", *known[tail][0])
            return known[head][0] + known[tail][0]
    return ()


def _spelled(word: str) -> Reading:
    known = dictionary()
    return tuple(sound for letter in word if letter in known for sound in known[letter][-1])


# --- the guess ---------------------------------------------------------------------------

_LETTERS = {c: i for i, c in enumerate("abcdefghijklmnopqrstuvwxyz", start=3)}
_UNKNOWN_LETTER, _WORD_END, _START, _STOP, _LONGEST = 1, 2, 2, 3, 30
_SPOKEN = (
    "_ _ _ _ AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH "
    "EH0 EH1 EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG OW0 OW1 "
    "OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH"
).split()

Weights = dict[str, NDArray[np.float32]]


@cache
def _weights() -> Weights:
    with (_DATA / "g2p_en.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def _by_rule(word: str) -> Reading:
    """Letters through a recurrent encoder, sounds out of a decoder, the best one at each step."""
    weights = _weights()
    state = np.zeros(weights["enc_w_hh"].shape[1], dtype=np.float32)
    for letter in [*(_LETTERS.get(c, _UNKNOWN_LETTER) for c in word), _WORD_END]:
        state = _step(weights, "enc", weights["enc_emb"][letter], state)
    sounds: list[str] = []
    last = _START
    for _ in range(_LONGEST):
        state = _step(weights, "dec", weights["dec_emb"][last], state)
        last = int((weights["fc_w"] @ state + weights["fc_b"]).argmax())
        if last == _STOP:
            break
        sounds.append(_SPOKEN[last].rstrip("012"))
    spoken = tuple(sound for sound in sounds if sound != "_")
    return spoken if _VOWELS & set(spoken) else _spelled(word)


def _step(
    weights: Weights, part: str, x: NDArray[np.float32], state: NDArray[np.float32]
) -> NDArray[np.float32]:
    """One step of a gated recurrent unit (gates in the order reset, update, new)."""
    of_input = weights[f"{part}_w_ih"] @ x + weights[f"{part}_b_ih"]
    of_state = weights[f"{part}_w_hh"] @ state + weights[f"{part}_b_hh"]
    (r_in, z_in, n_in), (r, z, n) = np.split(of_input, 3), np.split(of_state, 3)
    reset, update = _sigmoid(r_in + r), _sigmoid(z_in + z)
    return np.asarray((1 - update) * np.tanh(n_in + reset * n) + update * state)


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-x)))
