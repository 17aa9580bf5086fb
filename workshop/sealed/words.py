"""A gentle word where a text looks like a diagnosis or medicine: what work has to allow for is enough, never why.

It is a short list of words on purpose. It asks and never stops anybody, and it judges no person.
"""

from __future__ import annotations

import re

# How such words begin. Whole words stand in the second list: "stof" is cloth here and "tablet" is a screen.
_BEGINNINGS = (
    "adhd|alkoholi|angst|antabus|antidepress|antipsyko|autis|bipolar|blodprop|borderline|burnout|cancer|demens|depress"
    "|diabet|diagnos|epilep|fibromyalg|fobi|hepatitis|hjerneblød|hjernerystel|hjerneska|hjertesyg|insulin|kemo|kræft"
    "|kronisk|lægeerklær|maniodepress|medicin|metadon|migræne|misbrug|morfin|multipel|narko|neuropat|panikangst"
    "|parkinson|personlighedsforst|posttraum|ptsd|psykiat|psykisk|psykolog|psykos|ritalin|selvmord|selvska|sertralin"
    "|skizo|sklerose|spiseforstyr|stofmisbrug|sygdom|tourette|traume|tvangstank|udbrændt"
)
_WHOLE = "add|gigt|gigten|hiv|kol|ocd|piller|pillerne|stress|stresset|stressramt"
_LOOKS_LIKE_ILLNESS = re.compile(rf"\b(?:(?:{_BEGINNINGS})\w*|(?:{_WHOLE})\b)|\b\d+\s?mg\b", re.IGNORECASE)


def found_in(*texts: str) -> list[str]:
    """The words that sound like an illness or a medicine, as they were written, each once."""
    words = [found[0] for text in texts for found in _LOOKS_LIKE_ILLNESS.finditer(text)]
    return list(dict.fromkeys(words))
