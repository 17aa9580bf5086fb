"""Finding things by what people type. Pure: words in, places of entries out, the best first.

Danish is forgiving to write and hard to spell, so words are compared by a bare form: `Havebænke`, `havebenk` and
`haevebænk` come close to one another there. A typed word is looked for in four ways, and the first that finds anything
counts: as a word or as a part of a longer one (a bench is the end of a garden bench); in what is written about a thing;
misspelled; and last by the end of the typed word (whoever asks for a kitchen chair sees the chairs).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from workshop.core.text import search_key

MOST_WORDS = 6
LONGEST_WORD = 40
SHORTEST_PART = 4  # letters of the bare form: a part of a word that short says nothing
SHORTEST_MISSPELLED = 4
# How good a find is, before what it was found in is weighed.
WHOLE, LAST_PART, FIRST_PART, MISSPELLED, HEAD = 1.0, 0.8, 0.55, 0.6, 0.4
TOLD, NUMBER = 0.2, 20.0  # no matter where
EXACTLY = 0.5  # more, for what is called just that
_SPLIT = re.compile(r"[^0-9a-zæøåäöüé]+")
_TWICE = re.compile(r"(\D)\1+")
_WEAK = re.compile(r"(?<=[bdfgkmnpst])el$")  # a bicycle loses its e when there are two: cykel, cykler
_SOFT_C = re.compile(r"c(?=[eiy])")
_SOUNDS = str.maketrans({"c": "k", "w": "v", "z": "s", "x": "ks"})  # letters that sound alike
_ENDINGS = ("ernes", "erne", "ens", "ets", "ene", "er", "en", "et", "es", "e", "s")
# Words that say nothing of what is looked for.
_EMPTY = frozenset(
    {"i", "og", "til", "af", "med", "en", "et", "den", "det", "de", "på", "for", "fra", "som", "eller", "der"}
    | {"nr", "nummer", "jeg", "vil", "gerne", "købe", "søger"}
)
# What two words for one thing have in common; each is a bare form.
_SAME = {"barn": "born", "skaml": "taburet"}


class Entry(NamedTuple):
    """Something that can be found: `texts` by how much a find in them weighs, and its rank among equals (low first)."""

    rank: int
    texts: tuple[tuple[float, str], ...]
    told: str = ""  # what is written about it: looked through only where nothing else is found
    number: int | None = None  # printed on it; found only as it stands


class Found(NamedTuple):
    """What a search came to: places of entries, and what may have been meant, if something was misspelled."""

    places: tuple[int, ...]
    meant: str = ""  # the whole search with the words as we write them; empty when it was spelled as we do
    is_partial: bool = False  # nothing had all the words


class Vocabulary:
    """The words of everything on offer, and where each stands."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._ranks = [entry.rank for entry in entries]
        self._places: dict[str, dict[int, float]] = {}
        self._told: dict[str, set[int]] = {}
        self._numbers: dict[str, set[int]] = {}
        self._shown: dict[str, tuple[float, str]] = {}  # a bare form as it is written, best where it weighs most
        self._names: list[set[str]] = []  # the words of each entry's first text
        for place, entry in enumerate(entries):
            self._take_in(place, entry)
        self._by_bigram: dict[str, list[str]] = {}
        for word in self._places:
            for pair in _bigrams(word):
                self._by_bigram.setdefault(pair, []).append(word)

    def _take_in(self, place: int, entry: Entry) -> None:
        for weight, text in entry.texts:
            for word, form in _words(text):
                at = self._places.setdefault(form, {})
                at[place] = max(at.get(place, 0.0), weight)
                if form not in self._shown or weight > self._shown[form][0]:
                    self._shown[form] = (weight, word)
        self._names.append({form for _word, form in _words(entry.texts[0][1])} if entry.texts else set())
        for _word, form in _words(entry.told):
            self._told.setdefault(form, set()).add(place)
        if entry.number is not None:
            self._numbers.setdefault(str(entry.number), set()).add(place)

    def find(self, typed: str) -> Found:
        """Where what was typed is found, the best first; a place that has every word comes before one that has some."""
        words = _typed(typed)
        if not words:
            return Found(())
        looked = [self._look(word, form) for word, form in words]
        scores: dict[int, list[float]] = {}
        for finds, _meant in looked:
            for place, score in finds.items():
                scores.setdefault(place, []).append(score)
        most = max((len(each) for each in scores.values()), default=0)
        forms = {form for _word, form in words}
        best = {
            place: sum(each) + (EXACTLY if self._names[place] <= forms else 0)
            for place, each in scores.items()
            if len(each) == most
        }
        places = tuple(sorted(best, key=lambda place: (-round(best[place], 3), self._ranks[place], place)))
        meant = " ".join(meant for _finds, meant in looked)
        has_other_words = any(meant != word for (word, _form), (_finds, meant) in zip(words, looked, strict=True))
        return Found(places, meant if has_other_words and places else "", 0 < most < len(words))

    def alike(self, typed: str) -> list[int]:
        """Places of what has the same last part as the typed words: other benches for a garden bench."""
        finds: dict[int, float] = {}
        for _word, form in _typed(typed):
            known = form if form in self._places else next(iter(self._misspelled(form)), form)
            _keep_best(finds, self._by_its_end(known), 1)
        return sorted(finds, key=lambda place: (-round(finds[place], 3), self._ranks[place], place))

    def _look(self, word: str, form: str) -> tuple[dict[int, float], str]:
        """Where one word is found and how well, and the word as we would write it."""
        if form.isdecimal():
            finds = dict.fromkeys(self._numbers.get(word, ()), NUMBER)
            return finds | {
                place: weight for place, weight in self._at(form, WHOLE).items() if place not in finds
            }, word
        finds = self._as_a_part(form)
        if finds:
            return finds, word
        told = self._told.get(form)
        if told:
            return dict.fromkeys(told, TOLD), word
        meant = self._misspelled(form)
        if meant:
            for each in meant:
                _keep_best(finds, self._as_a_part(each), MISSPELLED)
            return finds, self._shown[meant[0]][1]
        return self._by_its_end(form), word

    def _at(self, form: str, quality: float) -> dict[int, float]:
        return {place: weight * quality for place, weight in self._places.get(form, {}).items()}

    def _as_a_part(self, form: str) -> dict[int, float]:
        finds = self._at(form, WHOLE)
        if len(form) < 2:
            return finds
        for word in self._places:
            if word == form:
                continue
            if word.startswith(form):
                _keep_best(finds, self._places[word], FIRST_PART)
            elif len(form) >= SHORTEST_PART - 1 and word.endswith(form):
                _keep_best(finds, self._places[word], LAST_PART)
        return finds

    def _misspelled(self, form: str) -> list[str]:
        """The words nearest to one we do not have; all that are equally near."""
        if len(form) < SHORTEST_MISSPELLED:
            return []
        nearest: list[str] = []
        least = 2
        for word in self._candidates(form):
            most = min(least, _allowed(form, word))
            away = distance(form, word, most)
            if away > most:
                continue
            if away < least:
                nearest, least = [], away
            nearest.append(word)
        return sorted(nearest, key=lambda word: (word[0] != form[0], abs(len(word) - len(form)), word))

    def _candidates(self, form: str) -> Iterable[str]:
        """Words with some pair of letters in common; the rest cannot be near enough to be meant."""
        seen: set[str] = set()
        for pair in _bigrams(form):
            seen.update(self._by_bigram.get(pair, ()))
        return [word for word in seen if not word.isdecimal()]

    def _by_its_end(self, form: str) -> dict[int, float]:
        """Things named by the last part of the typed word: the longest such part that is a word here."""
        for start in range(1, len(form) - SHORTEST_PART + 1):
            if form[start:] in self._places:
                finds: dict[int, float] = {}
                _keep_best(finds, self._as_a_part(form[start:]), HEAD)
                return finds
        return {}


def distance(one: str, other: str, most: int) -> int:
    """How many letters were left out, added, changed or swapped; `most + 1` for all that are further apart."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        now = [at]
        for to, against in enumerate(other, 1):
            least = min(row[to] + 1, now[to - 1] + 1, row[to - 1] + (letter != against))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == against:
                least = min(least, before[to - 2] + 1)
            now.append(least)
        if min(now) > most:
            return most + 1
        before, row = row, now
    return min(row[-1], most + 1)


@functools.lru_cache(maxsize=16_384)  # a catalogue says the same words again and again
def bare(word: str) -> str:
    """The form in which words are compared: no æ ø å, one letter for one sound, no ending."""
    plain = search_key(word)
    if plain.isdecimal():
        return plain
    plain = plain.replace("ae", "e").replace("oe", "o").replace("aa", "a")
    plain = _TWICE.sub(r"\1", _SOFT_C.sub("s", plain).translate(_SOUNDS))
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            plain = plain.removesuffix(ending)
            break
    plain = _WEAK.sub("l", plain)
    return _SAME.get(plain, plain)


def _words(text: str) -> list[tuple[str, str]]:
    """The words of a text as they are written, each with its bare form."""
    return [(word, bare(word)) for word in _SPLIT.split(text.casefold()) if word and word not in _EMPTY]


def _typed(text: str) -> list[tuple[str, str]]:
    """The words somebody typed, each once; the empty ones count only where there is nothing else."""
    every = [word[:LONGEST_WORD] for word in _SPLIT.split(text.casefold()) if word]
    telling = [word for word in every if word not in _EMPTY] or every
    return list(dict.fromkeys((word, bare(word)) for word in telling))[:MOST_WORDS]


def _allowed(form: str, word: str) -> int:
    """How many letters may be wrong: in a short word one, and not the first, or every word would be near another."""
    shortest = min(len(form), len(word))
    if shortest < SHORTEST_MISSPELLED:
        return 0
    if form[0] != word[0]:
        is_swapped = form[:2] == word[1::-1]
        return 1 if shortest > 5 or is_swapped else 0
    return 1 if shortest <= 5 else 2


def _bigrams(word: str) -> set[str]:
    return {word[place : place + 2] for place in range(len(word) - 1)}


def _keep_best(finds: dict[int, float], more: Mapping[int, float], quality: float) -> None:
    for place, weight in more.items():
        finds[place] = max(finds.get(place, 0.0), weight * quality)
