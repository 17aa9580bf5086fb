"""What search engines are told of everything we sell alike: who makes and sells it, and how it can be regretted.

It stands in a block of its own that is written once; a thing's own facts only point to it. There is no person in it.
"""

from __future__ import annotations

import functools
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from workshop.core import identity
from workshop.core.config import Identity
from workshop.core.web import settings

US, RETURNS = "/#os", "/#fortrydelse"  # the names of the two, after the address of the shop


def us() -> dict[str, str]:
    """What a thing's facts say of who made it and who sells it."""
    return {"@id": settings().base_url + US}


def returns() -> dict[str, str]:
    """What a thing's facts say of the right to withdraw."""
    return {"@id": settings().base_url + RETURNS}


def shared() -> Markup:
    """The block both point to, for the head of a page."""
    return _written(identity.current(), settings().base_url)


@functools.lru_cache(maxsize=4)  # who we are changes once in years
def _written(who: Identity, base_url: str) -> Markup:
    place = {"streetAddress": who.address, "postalCode": who.postcode, "addressLocality": who.town}
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": base_url + US,
        "name": who.name,
        "url": base_url + "/",
        "email": who.email,
        "address": {"@type": "PostalAddress", "addressCountry": "DK", **place},
        "hasMerchantReturnPolicy": {
            # Fourteen days from having it, and it is brought back at one's own cost. Source: forbrugeraftaleloven § 19
            "@type": "MerchantReturnPolicy",
            "@id": base_url + RETURNS,
            "applicableCountry": "DK",
            "returnPolicyCountry": "DK",
            "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": 14,
            "returnMethod": "https://schema.org/ReturnInStore",
            "returnFees": "https://schema.org/ReturnFeesCustomerResponsibility",
            "refundType": "https://schema.org/FullRefund",
        },
    }
    return Markup('<script type="application/ld+json">{}</script>').format(htmlsafe_json_dumps(facts))
