"""What people type finds what they mean: sixty ways to misspell Danish furniture, and words that must find nothing."""

from __future__ import annotations

import csv
import time

import pytest

from workshop.core.config import ROOT
from workshop.products.finding import Entry, Vocabulary, bare, distance
from workshop.products.sections import category_name

pytestmark = pytest.mark.once

THINGS = [
    # number, title, category, material, what is told
    (1001, "Havebænk i lærk", "havebænke", "Lærk", "En rolig bænk med plads til to eller tre."),
    (1002, "Bænk, tjæret", "havebænke", "Fyr, tjæret", "En enkel bænk."),
    (1003, "Børnebænk, gul", "til-børn", "Fyr", "En lille bænk til gangen, når støvlerne skal på."),
    (1004, "Bord- og bænkesæt", "borde", "Trykimprægneret fyr", "Her kan seks spise sammen."),
    (1005, "Havebord i lærk, 180 cm", "borde", "Lærk", "Et kraftigt bord til mange gæster."),
    (1006, "Cafébord", "borde", "Lærk", "Et lille bord til to kopper og en avis."),
    (1007, "Sofabord i teak, slebet og vokset", "restaurerede-møbler", "Teaktræ", "Gamle mærker er slebet af."),
    (1008, "Spisebordsstol, blå", "restaurerede-møbler", "Bøg", "Stellet er slebet og vokset."),
    (1009, "Lænestol med mosgrønt stof", "restaurerede-møbler", "Egetræ og møbelstof", "Ny polstring i sædet."),
    (1010, "Liggestol", "stole", "Lærk", "Til solskin og middagslur. Tag hynder ind om natten."),
    (1011, "Skammel, gul", "stole", "Fyr, malet", "En solid skammel."),
    (1012, "Kommode med fire skuffer, eg", "restaurerede-møbler", "Eg", "Skufferne løber let."),
    (1013, "Plantekasse, stor", "plantekasser", "Trykimprægneret fyr", "Der er dug i bunden."),
    (1014, "Plantekasse med espalier", "plantekasser", "Fyr", "Planter kan klatre op."),
    (1015, "Højbed af pallerammer", "højbede", "Brugte pallerammer", "Med dug i."),
    (1016, "Pallesofa med hynder", "pallemøbler", "Brugte europaller", "Et modul med ryg."),
    (1017, "Sengeramme af paller", "pallemøbler", "Brugte europaller", "En lav ramme til madras."),
    (1018, "Reol med fire hylder", "reoler-og-hylder", "Brugt tømmer og fyr", "En åben reol til bøger."),
    (1019, "Væghylde, 80 cm", "reoler-og-hylder", "Brugt tømmer", "Hvert bræt har sine egne spor."),
    (1020, "Knagerække af gammelt gulv", "brugsting", "Brugt tømmer", "Et bræt med knager til gangen."),
    (1021, "Fuglekasse med grønt tag", "brugsting", "Fyr uden maling", "En redekasse til små fugle."),
    (1022, "Værktøjskasse med rund stang", "brugsting", "Fyr", "God til værktøj, grill eller pynt."),
    (1023, "Damecykel, blå, 7 gear", "istandsatte-cykler", "Stål", "Renset, smurt og prøvet."),
    (1024, "Optændingspinde i sæk", "brænde-og-optænding", "Rent træ", "Tørre, fine pinde til ovn eller bål."),
    (1025, "Lysestage til fire lys", "brugsting", "Brugt tømmer", "En lang stage til bordet."),
    (1026, "Spejl i grøn ramme", "restaurerede-møbler", "Træramme og spejlglas", "Rammen er renset."),
]
# What somebody types, and a title that has to be the first found, or among the first three.
MISSPELLED = [
    ("bænk", "Bænk, tjæret"), ("havebænk", "Havebænk i lærk"), ("havebenk", "Havebænk i lærk"),
    ("haevebænk", "Havebænk i lærk"), ("havebaenk", "Havebænk i lærk"), ("hævebænk", "Havebænk i lærk"),
    ("have bænk", "Havebænk i lærk"), ("havbænk", "Havebænk i lærk"), ("havebænkk", "Havebænk i lærk"),
    ("HAVEBÆNK", "Havebænk i lærk"), ("havebank", "Havebænk i lærk"), ("havebækn", "Havebænk i lærk"),
    ("bænke", "Bænk, tjæret"), ("benk", "Bænk, tjæret"), ("baenk", "Bænk, tjæret"), ("bænken", "Bænk, tjæret"),
    ("børnebænk", "Børnebænk, gul"), ("bornebenk", "Børnebænk, gul"), ("boernebaenk", "Børnebænk, gul"),
    ("børnebenk", "Børnebænk, gul"), ("bænk til barn", "Børnebænk, gul"),
    ("bord bænk sæt", "Bord- og bænkesæt"), ("bordbænkesæt", "Bord- og bænkesæt"),
    ("havebord", "Havebord i lærk, 180 cm"), ("haveborde", "Havebord i lærk, 180 cm"),
    ("havebor", "Havebord i lærk, 180 cm"), ("cafebord", "Cafébord"), ("kafébord", "Cafébord"),
    ("caffebord", "Cafébord"), ("sofabor", "Sofabord i teak, slebet og vokset"),
    ("sofabort", "Sofabord i teak, slebet og vokset"), ("tiak", "Sofabord i teak, slebet og vokset"),
    ("spisebordstol", "Spisebordsstol, blå"), ("spisebordsstole", "Spisebordsstol, blå"),
    ("spisbordsstol", "Spisebordsstol, blå"), ("lænestol", "Lænestol med mosgrønt stof"),
    ("lenestol", "Lænestol med mosgrønt stof"), ("lænnestol", "Lænestol med mosgrønt stof"),
    ("lænestål", "Lænestol med mosgrønt stof"), ("ligestol", "Liggestol"), ("liggestål", "Liggestol"),
    ("skamel", "Skammel, gul"), ("skammler", "Skammel, gul"), ("taburet", "Skammel, gul"),
    ("komode", "Kommode med fire skuffer, eg"), ("kommude", "Kommode med fire skuffer, eg"),
    ("kommodde", "Kommode med fire skuffer, eg"), ("plantekase", "Plantekasse, stor"),
    ("plantekasser", "Plantekasse, stor"), ("plante kasse", "Plantekasse, stor"), ("plantkasse", "Plantekasse, stor"),
    ("plantekasse espallier", "Plantekasse med espalier"), ("højbed", "Højbed af pallerammer"),
    ("hojbed", "Højbed af pallerammer"), ("hoejbed", "Højbed af pallerammer"), ("højbede", "Højbed af pallerammer"),
    ("højbæd", "Højbed af pallerammer"), ("hæjbed", "Højbed af pallerammer"), ("pallesova", "Pallesofa med hynder"),
    ("palesofa", "Pallesofa med hynder"), ("palle sofa", "Pallesofa med hynder"), ("sofa", "Pallesofa med hynder"),
    ("sengerame", "Sengeramme af paller"), ("senge", "Sengeramme af paller"), ("reoler", "Reol med fire hylder"),
    ("reoll", "Reol med fire hylder"), ("væghyle", "Væghylde, 80 cm"), ("væghylle", "Væghylde, 80 cm"),
    ("veghylde", "Væghylde, 80 cm"), ("knagerekke", "Knagerække af gammelt gulv"),
    ("knagerækker", "Knagerække af gammelt gulv"), ("fuglekase", "Fuglekasse med grønt tag"),
    ("fulgekasse", "Fuglekasse med grønt tag"), ("værktojskasse", "Værktøjskasse med rund stang"),
    ("verktøjskasse", "Værktøjskasse med rund stang"), ("damecykkel", "Damecykel, blå, 7 gear"),
    ("cykler", "Damecykel, blå, 7 gear"), ("cykel", "Damecykel, blå, 7 gear"), ("sykel", "Damecykel, blå, 7 gear"),
    ("optendingspinde", "Optændingspinde i sæk"), ("optænding", "Optændingspinde i sæk"),
    ("optaendingspinde", "Optændingspinde i sæk"), ("lysestager", "Lysestage til fire lys"),
    ("lyssestage", "Lysestage til fire lys"), ("spejle", "Spejl i grøn ramme"), ("spjel", "Spejl i grøn ramme"),
    ("egetræ", "Lænestol med mosgrønt stof"), ("lærk", "Havebænk i lærk"), ("lerk", "Havebænk i lærk"),
    ("gul skammel", "Skammel, gul"), ("1017", "Sengeramme af paller"), ("nr. 1017", "Sengeramme af paller"),
    ("hynder", "Pallesofa med hynder"), ("middagslur", "Liggestol"), ("køkkenstol", "Liggestol"),
]  # fmt: skip
NOTHING = [
    *("kat", "computer", "iphone", "bil", "avocado", "bukser", "telefon", "xyzzy", "zzzz", "jakke", "kaffemaskine"),
    *("fjernsyn", "1", "9999", "🪑", "%", "_", "' OR 1=1 --", "guitar", "strømper", "fodbold", "vinter", "politik"),
]
# What must not be among the finds: the word is another one, however near it looks.
NOT_AMONG = [
    ("stol", "Bord- og bænkesæt"), ("bord", "Knagerække af gammelt gulv"), ("seng", "Havebænk i lærk"),
    ("bænk", "Plantekasse, stor"), ("lærk", "Damecykel, blå, 7 gear"), ("spejl", "Reol med fire hylder"),
    ("kasse", "Kommode med fire skuffer, eg"), ("eg", "Reol med fire hylder"), ("cykel", "Cafébord"),
    ("hynder", "Væghylde, 80 cm"), ("1001", "Bænk, tjæret"), ("havebænk", "Havebord i lærk, 180 cm"),
]  # fmt: skip


def entries() -> list[Entry]:
    return [
        Entry(rank, ((3.0, title), (2.0, category_name(category)), (1.5, material)), told, number)
        for rank, (number, title, category, material, told) in enumerate(THINGS)
    ]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return Vocabulary(entries())


def titles(words: Vocabulary, typed: str) -> list[str]:
    return [THINGS[place][1] for place in words.find(typed).places]


@pytest.mark.parametrize(("typed", "title"), MISSPELLED)
def test_what_is_meant_is_among_the_first_three(words: Vocabulary, typed: str, title: str) -> None:
    assert title in titles(words, typed)[:3]


def test_nearly_all_of_them_are_the_very_first(words: Vocabulary) -> None:
    first = [typed for typed, title in MISSPELLED if titles(words, typed)[:1] == [title]]
    assert len(MISSPELLED) >= 90
    assert len(first) >= 0.9 * len(MISSPELLED), sorted({typed for typed, _title in MISSPELLED} - set(first))


@pytest.mark.parametrize("typed", NOTHING)
def test_what_we_do_not_have_finds_nothing(words: Vocabulary, typed: str) -> None:
    assert titles(words, typed) == []


@pytest.mark.parametrize(("typed", "title"), NOT_AMONG)
def test_a_word_finds_no_other_things(words: Vocabulary, typed: str, title: str) -> None:
    found = titles(words, typed)
    assert found, "the control: it finds something"
    assert title not in found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("haevebænk", "havebænk"), ("bank", "bænk"), ("pallesova", "pallesofa"), ("gul skamell", ""), ("bænke", ""),
     ("havebaenk", ""), ("1017", ""), ("xyzzy", "")],
)  # fmt: skip
def test_another_spelling_is_offered_only_for_a_misspelled_word(words: Vocabulary, typed: str, meant: str) -> None:
    assert words.find(typed).meant == meant


def test_what_has_every_word_comes_alone_and_some_is_better_than_none(words: Vocabulary) -> None:
    both = words.find("gul bænk")
    assert [THINGS[place][1] for place in both.places] == ["Børnebænk, gul"]
    assert not both.is_partial
    some = words.find("havebænk med avocado")
    assert THINGS[some.places[0]][1] == "Havebænk i lærk"
    assert some.is_partial


def test_others_of_the_same_sort_are_known_by_their_end(words: Vocabulary) -> None:
    for typed in ("havebænk", "haevebænk"):
        alike = [THINGS[place][1] for place in words.alike(typed)]
        assert "Bænk, tjæret" in alike
        assert "Plantekasse, stor" not in alike
    assert words.alike("xyzzy") == []


def test_every_product_is_the_first_found_by_its_own_name() -> None:
    with (ROOT / "workshop/starter/catalogue/product_types.csv").open() as file:
        names = [row["name_da"] for row in csv.DictReader(file)]
    words = Vocabulary([Entry(rank, ((3.0, name),)) for rank, name in enumerate(names)])
    assert [name for rank, name in enumerate(names) if words.find(name).places[:1] != (rank,)] == []


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [("bank", "benk", 1), ("benk", "benk", 0), ("bekn", "benk", 1), ("benk", "ben", 1), ("abc", "xyz", 3),
     ("a", "abcd", 3)],
)  # fmt: skip
def test_a_distance_counts_letters(one: str, other: str, away: int) -> None:
    assert distance(one, other, 9) == away
    assert distance(one, other, 2) == min(away, 3)
    assert distance(other, one, 9) == away


def test_spellings_of_one_word_have_one_bare_form() -> None:
    assert len({bare(word) for word in ("Bænk", "bænke", "bænken", "benk", "baenk", "BÆNKENE")}) == 1
    assert len({bare(word) for word in ("højbed", "hojbede", "hoejbed")}) == 1
    assert bare("bænk") != bare("bord")


def test_a_long_and_odd_search_takes_no_time_in_a_large_shop() -> None:
    many = [
        Entry(rank, ((3.0, f"{title} {rank * 7919 % 5000:x}"),))
        for rank in range(4_000)
        for title in [THINGS[rank % 26][1]]
    ]
    words = Vocabulary(many)
    began = time.process_time()
    for typed in ("a" * 400, "qwertyuiop " * 20, "haevebænk " * 50, "e", "", "  "):
        words.find(typed)
    assert time.process_time() - began < 2
