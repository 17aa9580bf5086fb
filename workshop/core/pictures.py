"""The pictures a citizen can sign in with, and what they are called.

The drawings stand in ``templates/ui/faces.html``; the tablet reads the label aloud and shows no name. Every sentence of
the page goes through gettext, these labels too: ``_(PICTURES[name])``.
"""

PICTURES: dict[str, str] = {
    "raev": "Ræven",
    "ugle": "Uglen",
    "blad": "Bladet",
    "sol": "Solen",
    "baad": "Båden",
    "kat": "Katten",
    "cykel": "Cyklen",
    "fisk": "Fisken",
    "trae": "Træet",
    "svamp": "Svampen",
    "blomst": "Blomsten",
    "hus": "Huset",
    "and": "Anden",
    "pindsvin": "Pindsvinet",
    "bjoern": "Bjørnen",
    "hare": "Haren",
    "froe": "Frøen",
    "mariehoene": "Mariehønen",
    "sommerfugl": "Sommerfuglen",
    "anker": "Ankeret",
    "maane": "Månen",
    "sky": "Skyen",
    "aeble": "Æblet",
    "jordbaer": "Jordbærret",
    "kop": "Koppen",
    "ballon": "Ballonen",
    "hjerte": "Hjertet",
    "stjerne": "Stjernen",
    "noegle": "Nøglen",
    "gran": "Grantræet",
    "bi": "Bien",
    "snegl": "Sneglen",
    "paraply": "Paraplyen",
    "bus": "Bussen",
    "hval": "Hvalen",
}
