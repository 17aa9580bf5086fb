"""The door to Stripe: what goes through it, and what it refuses to believe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shop.payments.facts import CheckoutLine, CheckoutPage, event_from, money_back_ore
from shop.payments.gateway import EVENT_TYPES, ForgedEvent, PaymentRefused, PaymentUnavailable, StripeGateway
from shop.payments.standin.postman import signed
from shop.payments.standin.server import Running
from tests.shop.payments.rig import SECRET, Receiver, door_to
from workshop.core.errors import Refusal

pytestmark = pytest.mark.once
NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
TOLD = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": int(NOW.timestamp()),
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {"reference": "ordre-abc"}}},
}


def letter(told: object = TOLD, *, age: int = 0, secret: str = SECRET) -> tuple[bytes, str]:
    body = json.dumps(told).encode()
    return body, signed(body, secret, int(NOW.timestamp()) - age)


def test_a_card_is_authorised_captured_and_partly_refunded_never_above_the_capture(
    gateway: StripeGateway, paid: Callable[..., str]
) -> None:
    payment = paid()
    reserved = gateway.read_payment(payment)
    assert (reserved.status, reserved.amount_capturable_ore, reserved.amount_received_ore) == (
        "requires_capture",
        144_500,
        0,
    )
    assert (reserved.currency, reserved.reference, reserved.method) == ("dkk", "ordre-abc", "card")
    assert reserved.capture_before is not None
    assert timedelta(days=6.9) < reserved.capture_before - datetime.now(UTC) <= timedelta(days=7)

    taken = gateway.capture(payment, 144_500, "capture-1")
    assert (taken.status, taken.amount_capturable_ore, taken.amount_received_ore) == ("succeeded", 0, 144_500)

    gateway.refund(payment, 44_500, "refund-1")
    with pytest.raises(PaymentRefused):
        gateway.refund(payment, 100_001, "refund-2")
    assert gateway.read_payment(payment).amount_refunded_ore == 44_500
    gateway.refund(payment, 100_000, "refund-3")
    with pytest.raises(PaymentRefused) as no:
        gateway.refund(payment, 1, "refund-4")
    assert no.value.code == "charge_already_refunded"
    assert gateway.read_payment(payment).amount_refunded_ore == 144_500


def test_a_capture_of_less_lets_the_rest_go_and_counts_none_of_it_as_refunded(
    gateway: StripeGateway, paid: Callable[..., str]
) -> None:
    payment = paid()
    with pytest.raises(PaymentRefused):
        gateway.capture(payment, 144_501, "capture-too-much")
    taken = gateway.capture(payment, 100_000, "capture-1")
    assert (taken.amount_received_ore, taken.amount_refunded_ore) == (100_000, 0)
    with pytest.raises(PaymentRefused):
        gateway.refund(payment, 100_001, "refund-1")
    gateway.refund(payment, 30_000, "refund-2")
    assert gateway.read_payment(payment).amount_refunded_ore == 30_000


def test_prepaid_money_is_taken_at_once(gateway: StripeGateway, paid: Callable[..., str]) -> None:
    state = gateway.read_payment(paid("mobilepay", capture="automatic"))
    assert (state.status, state.amount_received_ore, state.method) == ("succeeded", 144_500, "mobilepay")


def test_a_void_lets_the_money_go_and_twice_is_once(gateway: StripeGateway, paid: Callable[..., str]) -> None:
    payment = paid()
    assert gateway.void(payment, "void-1").status == "canceled"
    again = gateway.void(payment, "void-2")
    assert (again.status, again.amount_capturable_ore, again.amount_refunded_ore) == ("canceled", 0, 0)
    with pytest.raises(PaymentRefused):
        gateway.capture(payment, 144_500, "capture-1")
    with pytest.raises(PaymentRefused):
        gateway.refund(payment, 1, "refund-1")


def test_taken_money_cannot_be_voided(gateway: StripeGateway, paid: Callable[..., str]) -> None:
    payment = paid()
    gateway.capture(payment, 144_500, "capture-1")
    with pytest.raises(PaymentRefused) as no:
        gateway.void(payment, "void-1")
    assert no.value.code == "payment_intent_unexpected_state"


def test_the_same_key_opens_the_same_page_and_other_parameters_are_refused(
    checkout: Callable[..., CheckoutPage], stripe: Running
) -> None:
    until = datetime.now(UTC) + timedelta(minutes=31)
    first, second = checkout(expires_at=until), checkout(expires_at=until)
    assert first == second
    assert first.payment_intent_id is None
    with pytest.raises(PaymentRefused) as no:
        checkout(expires_at=until, amount_ore=1_000)
    assert no.value.code == "idempotency_error"
    assert checkout(key="attempt-2", expires_at=until) != first
    assert len(stripe.ledger()["session"]) == 2


@pytest.mark.parametrize("are_keys_lost", [False, True])
def test_asking_twice_moves_money_once_also_when_stripe_has_forgotten_the_keys(
    gateway: StripeGateway, paid: Callable[..., str], stripe: Running, are_keys_lost: bool
) -> None:
    payment = paid()
    for _ in range(2):
        assert gateway.capture(payment, 144_500, "capture-1").amount_received_ore == 144_500
        if are_keys_lost:
            stripe.control("forget-keys")
    given = [gateway.refund(payment, 40_000, "refund-1")]
    if are_keys_lost:
        stripe.control("forget-keys")
    given.append(gateway.refund(payment, 40_000, "refund-1"))
    assert given[0] == given[1]
    assert [refund["amount"] for refund in stripe.ledger()["refund"]] == [40_000]
    with pytest.raises(PaymentRefused):
        gateway.refund(payment, 50_000, "refund-1")


def test_eight_at_once_with_one_key_capture_and_refund_once(
    gateway: StripeGateway, paid: Callable[..., str], stripe: Running
) -> None:
    payment = paid()
    with ThreadPoolExecutor(8) as hands:
        captures = list(hands.map(lambda _: gateway.capture(payment, 144_500, "capture-1"), range(8)))
        refunds = list(hands.map(lambda _: gateway.refund(payment, 40_000, "refund-1"), range(8)))
    assert len(set(captures)) == 1
    assert len(set(refunds)) == 1
    told = [event["type"] for event in stripe.ledger()["event"]]
    assert (told.count("payment_intent.succeeded"), told.count("charge.refunded")) == (1, 1)


def test_another_amount_is_not_mistaken_for_the_capture_that_was_made(
    gateway: StripeGateway, paid: Callable[..., str], stripe: Running
) -> None:
    payment = paid()
    gateway.capture(payment, 100_000, "capture-1")
    for key in ("capture-1", "capture-2"):
        with pytest.raises(PaymentRefused):
            gateway.capture(payment, 90_000, key)
    assert stripe.ledger()["payment"][0]["received"] == 100_000


def test_a_page_is_closed_once_and_a_paid_page_says_so(
    gateway: StripeGateway, checkout: Callable[..., CheckoutPage], stripe: Running
) -> None:
    closed = checkout()
    assert gateway.expire_checkout(closed.session_id).status == "expired"
    assert gateway.expire_checkout(closed.session_id).status == "expired"
    stripe.pay(closed.session_id)
    assert stripe.ledger()["payment"] == []

    bought = checkout(key="attempt-2")
    stripe.pay(bought.session_id)
    state = gateway.expire_checkout(bought.session_id)
    assert (state.status, state.payment_status, state.amount_ore) == ("complete", "unpaid", 144_500)
    assert (state.reference, state.currency) == ("ordre-abc", "dkk")


def test_quantities_are_multiplied_into_the_total(
    gateway: StripeGateway, checkout: Callable[..., CheckoutPage]
) -> None:
    page = checkout(lines=[CheckoutLine("Fuglekasse", 9_950, 3), CheckoutLine("Levering", 15_000)])
    assert gateway.read_checkout(page.session_id).amount_ore == 44_850


def test_what_is_not_there_is_refused(gateway: StripeGateway) -> None:
    for ask in (gateway.read_checkout, gateway.expire_checkout, gateway.read_payment):
        with pytest.raises(PaymentRefused) as no:
            ask("nothing_1")
        assert no.value.code == "resource_missing"


def test_no_connection_is_a_danish_refusal_that_names_no_key() -> None:
    with pytest.raises(PaymentUnavailable) as no:
        door_to("http://127.0.0.1:9", max_network_retries=0).read_payment("pi_1")
    assert isinstance(no.value, Refusal)
    assert no.value.sentence == "Betalingen kan ikke åbnes lige nu. Intet er trukket. Prøv igen om lidt."
    assert no.value.reason == "no connection"


def test_a_wrong_key_is_unavailable_to_the_buyer_and_plain_in_the_log(stripe: Running) -> None:
    with pytest.raises(PaymentUnavailable) as no:
        door_to(stripe.url, secret_key="sk_test_wrong").read_payment("pi_1")
    assert no.value.reason == "AuthenticationError 401"


def test_a_server_error_is_unavailable_and_the_same_key_then_finds_what_was_done(
    gateway: StripeGateway, paid: Callable[..., str], stripe: Running
) -> None:
    payment = paid()
    stripe.control("faults", kind="error_after", path=f"/v1/payment_intents/{payment}/capture")
    with pytest.raises(PaymentUnavailable):
        gateway.capture(payment, 144_500, "capture-1")
    assert gateway.capture(payment, 144_500, "capture-1").amount_received_ore == 144_500
    assert [event["type"] for event in stripe.ledger()["event"]].count("payment_intent.succeeded") == 1


def test_silence_is_unavailable_and_a_retry_by_the_library_charges_once(
    gateway: StripeGateway, paid: Callable[..., str], stripe: Running
) -> None:
    payment = paid()
    gateway.capture(payment, 144_500, "capture-1")
    impatient = door_to(stripe.url, read_seconds=0.3, max_network_retries=0)
    stripe.control("faults", kind="timeout_after", seconds=1, path="/v1/refunds", times=2)
    with pytest.raises(PaymentUnavailable):
        impatient.refund(payment, 1_000, "refund-1")
    retrying = door_to(stripe.url, read_seconds=0.3, max_network_retries=2)
    assert retrying.refund(payment, 1_000, "refund-1").amount_ore == 1_000
    assert len(stripe.ledger()["refund"]) == 1


def test_a_right_event_is_read(gateway: StripeGateway) -> None:
    event = gateway.read_event(*letter(), now=NOW)
    assert (event.id, event.type, event.object_id) == ("evt_1", "payment_intent.succeeded", "pi_1")
    assert (event.payment_intent_id, event.session_id, event.reference) == ("pi_1", None, "ordre-abc")
    assert event.created == NOW


@pytest.mark.parametrize("age", [300, -600])
def test_an_event_of_300_seconds_or_from_a_faster_clock_passes(gateway: StripeGateway, age: int) -> None:
    assert gateway.read_event(*letter(age=age), now=NOW).id == "evt_1"


def test_a_stale_event_is_refused(gateway: StripeGateway) -> None:
    with pytest.raises(ForgedEvent, match="stale"):
        gateway.read_event(*letter(age=301), now=NOW)


def test_an_event_signed_with_another_secret_is_refused(gateway: StripeGateway) -> None:
    with pytest.raises(ForgedEvent):
        gateway.read_event(*letter(secret="whsec_other"), now=NOW)


def test_one_changed_byte_is_refused(gateway: StripeGateway) -> None:
    body, signature = letter()
    with pytest.raises(ForgedEvent):
        gateway.read_event(body.replace(b"pi_1", b"pi_2"), signature, now=NOW)


@pytest.mark.parametrize(
    "signature", [None, "", "t=1", "v1=abc", "t=x,v1=abc", "t=1,v1=æøå", "t=1,v0=abc", "t=" + "9" * 5000 + ",v1=a"]
)
def test_a_signature_that_is_none_is_refused(gateway: StripeGateway, signature: str | None) -> None:
    with pytest.raises(ForgedEvent):
        gateway.read_event(letter()[0], signature, now=NOW)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"not json", b"[]", b'{"object": "charge"}'])
def test_a_signed_body_that_is_no_event_is_refused(gateway: StripeGateway, body: bytes) -> None:
    with pytest.raises(ForgedEvent):
        gateway.read_event(body, signed(body, SECRET, int(NOW.timestamp())), now=NOW)


@pytest.mark.parametrize("change", [{"account": "acct_other"}, {"livemode": True}, {"livemode": None}])
def test_an_event_for_another_account_or_mode_is_refused(gateway: StripeGateway, change: dict[str, object]) -> None:
    with pytest.raises(ForgedEvent):
        gateway.read_event(*letter(TOLD | change), now=NOW)


def test_an_event_of_real_money_is_read_by_a_door_with_a_live_key_only() -> None:
    live = door_to("http://127.0.0.1:9", secret_key="sk_live_x")
    assert live.read_event(*letter(TOLD | {"livemode": True}), now=NOW).livemode
    with pytest.raises(ForgedEvent):
        live.read_event(*letter(), now=NOW)


def test_the_delivered_events_are_believed_and_carry_nobody(
    gateway: StripeGateway, paid: Callable[..., str], receiver: Receiver
) -> None:
    payment = paid()
    events = [gateway.read_event(body, signature, now=datetime.now(UTC)) for body, signature in receiver.wait_for(2)]
    assert {event.type for event in events} == {
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
    }
    assert {event.payment_intent_id for event in events} == {payment}
    assert {event.reference for event in events} == {"ordre-abc"}
    sent = b"".join(body for body, _ in receiver.letters).decode()
    kept = json.dumps([dict(event.payload) for event in events], ensure_ascii=False)
    for trace in ("ane@example.dk", "Øve Køber"):
        assert trace in sent
        assert trace not in kept


def test_every_subscribed_kind_of_event_is_told_again_oldest_first(
    gateway: StripeGateway, paid: Callable[..., str], checkout: Callable[..., CheckoutPage], stripe: Running
) -> None:
    start = datetime.now(UTC)
    stripe.pay(checkout(key="a").session_id, "afvis")
    gateway.expire_checkout(checkout(key="b").session_id)
    gateway.void(paid(key="c"), "void")
    refunded = paid(key="d")
    gateway.capture(refunded, 144_500, "capture")
    stripe.control(f"refunds/{gateway.refund(refunded, 1, 'refund').refund_id}/bounce")
    events = gateway.events_since(start)
    assert {event.type for event in events} == set(EVENT_TYPES)
    assert [event.id for event in events] == [row["id"] for row in stripe.ledger()["event"]]
    assert gateway.events_since(start + timedelta(hours=1)) == []


def test_events_are_read_past_the_first_page(
    gateway: StripeGateway, stripe: Running, checkout: Callable[..., CheckoutPage]
) -> None:
    page = checkout()
    for _ in range(101):
        stripe.pay(page.session_id, "afvis")
    events = gateway.events_since(datetime.now(UTC) - timedelta(hours=1))
    assert len({event.id for event in events}) == len(events) == 101


def test_the_books_are_read_past_the_first_page_and_only_since_when_asked(
    gateway: StripeGateway, stripe: Running, checkout: Callable[..., CheckoutPage], paid: Callable[..., str]
) -> None:
    start = datetime.now(UTC) - timedelta(seconds=2)
    intents = [paid(key=f"paid {place}") for place in range(101)]
    left = checkout(key="left").session_id
    gateway.capture(intents[0], 144_500, "capture")
    gateway.refund(intents[0], 500, "refund")
    assert [each.payment_intent_id for each in gateway.payments_since(start)] == intents[::-1]
    assert gateway.payments_since(start)[-1].amount_refunded_ore == 500
    pages = gateway.pages_since(start)
    assert (len({page.session_id for page in pages}), pages[0].session_id) == (102, left)
    assert gateway.refunded_since(start) == {intents[0]}
    later = start + timedelta(hours=1)
    assert (gateway.payments_since(later), gateway.pages_since(later), gateway.refunded_since(later)) == ([], [], set())


def test_money_let_go_is_not_money_given_back() -> None:
    charge = {"amount": 1000, "amount_captured": 600, "amount_refunded": 400}
    assert money_back_ore(charge) == 0
    assert money_back_ore(charge | {"amount_refunded": 500}) == 100
    assert money_back_ore(charge | {"amount_captured": 0, "amount_refunded": 1000}) == 0


def test_an_event_of_an_unknown_kind_is_read_without_a_fuss() -> None:
    event = event_from({"id": "evt_2", "type": "radar.early_fraud_warning.created", "created": 1})
    assert (event.id, event.object_id, event.payment_intent_id, event.reference) == ("evt_2", "", None, "")


def test_the_keys_are_not_shown_when_the_door_is_printed(gateway: StripeGateway) -> None:
    assert SECRET not in repr(gateway)
    assert gateway.secret_key not in repr(gateway)


def test_the_library_is_not_loaded_until_it_is_needed() -> None:
    code = """
import sys, shop.payments.gateway as door
door.StripeGateway(secret_key="a", webhook_secret="b")
sys.exit("stripe" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
