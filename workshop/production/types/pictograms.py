"""The drawings a task can have, and what they are called at the desk. They are drawn in ``templates/ui/pikto.html``."""

from __future__ import annotations

from workshop.core.i18n import _, lazy

PICTOGRAMS: dict[str, str] = {
    "blyant": lazy("Blyant"), "braedder": lazy("Brædder"), "maal": lazy("Målebånd"), "sav": lazy("Sav"),
    "bor": lazy("Boremaskine"), "slib": lazy("Slibemaskine"), "skrue": lazy("Skrue"), "hammer": lazy("Hammer"),
    "saml": lazy("Dele, der passer"), "baenk": lazy("Bænk"), "bord": lazy("Bord"), "sofa": lazy("Sofa"),
    "laenestol": lazy("Lænestol"), "armchair-brush": lazy("Stol og pensel"), "reol": lazy("Reol"),
    "knage": lazy("Knagerække"), "plantekasse": lazy("Plantekasse"), "pallet": lazy("Palle"),
    "koben": lazy("Koben"), "soem": lazy("Søm og tang"), "oekse": lazy("Økse"), "mal": lazy("Pensel"),
    "olie": lazy("Olie"), "klud": lazy("Klud"), "lim": lazy("Lim"), "spartel": lazy("Spartel"),
    "skraber": lazy("Skraber"), "rens": lazy("Spand med skum"), "liste": lazy("Liste"), "soeg": lazy("Lup"),
    "bicycle": lazy("Cykel"), "lap": lazy("Hjul med lap"), "hjul": lazy("Hjul"), "tandhjul": lazy("Tandhjul"),
    "oliekande": lazy("Oliekande"), "knallert": lazy("Knallert"), "bilvask": lazy("Bil, der vaskes"),
    "biltjek": lazy("Bil, der tjekkes"), "bil": lazy("Varevogn"), "haek": lazy("Hæk"), "graes": lazy("Plæneklipper"),
    "luge": lazy("Lugejern"), "plante": lazy("Plante"), "rive": lazy("Rive"), "sne": lazy("Sneskovl"),
    "stroe": lazy("Spand med grus"), "kundehus": lazy("Hus og mål"), "hegn": lazy("Hegn"), "fej": lazy("Kost"),
    "skrald": lazy("Skraldespand"), "foto": lazy("Kamera"), "skriv": lazy("Papir og blyant"),
    "dokument": lazy("Papir"), "upload": lazy("Læg på nettet"), "hjemmeside": lazy("Hjemmeside"),
    "shop-screen": lazy("Butik på skærm"), "skaerm": lazy("Skærm"), "plakat": lazy("Plakat"), "brev": lazy("Brev"),
    "post": lazy("Bakke med post"), "kasse": lazy("Kasseapparat"), "udstilling": lazy("Varer på række"),
    "kurv": lazy("Indkøbskurv"), "mappe": lazy("Mappe"), "banknote": lazy("Penge"), "regn": lazy("Regnemaskine"),
    "ark": lazy("Regneark"), "telefon": lazy("Telefon"), "spiseliste": lazy("Liste og gaffel"),
    "velkommen": lazy("Velkommen"), "hold": lazy("Flere mennesker"), "desk": lazy("Skrivebord"),
    "nummer": lazy("Nummer"), "print": lazy("Printer"), "pris": lazy("Prismærke"), "scan": lazy("Kode"),
    "pakke": lazy("Pakke"), "loeft": lazy("Løft"), "laes": lazy("Læs på bilen"), "rute": lazy("Rute"),
    "modtag": lazy("Tag imod"), "lager": lazy("Lager"), "bread": lazy("Brød"), "morgenmad": lazy("Morgenmad"),
    "gryde": lazy("Gryde"), "groent": lazy("Grønt"), "daekbord": lazy("Dækket bord"), "opvask": lazy("Opvask"),
    "running-shoe": lazy("Kondisko"), "noegle": lazy("Nøgle"), "ur": lazy("Ur"),
}  # fmt: skip


def choices() -> list[tuple[str, str]]:
    """The drawings for a field of choices; the empty one is that of the kind of work."""
    return [("", _("Som slags arbejde")), *((key, str(name)) for key, name in PICTOGRAMS.items())]
