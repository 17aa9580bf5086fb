"""The stand-in answers as Stripe does, where the shop can notice, and loses nothing when it is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe as library

from shop.payments.facts import CheckoutPage
from shop.payments.gateway import ForgedEvent, PaymentRefused, PaymentUnavailable, StripeGateway
from shop.payments.standin.server import Running
from tests.shop.payments.rig import API_KEY, SECRET, Receiver, door_to, receiving

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[3]
RIGHT: dict[str, Any] = {
    "mode": "payment",
    "success_url": "http://127.0.0.1:9/tak",
    "line_items": [
        {"quantity": 1, "price_data": {"currency": "dkk", "unit_amount": 5_000, "product_data": {"name": "Skammel"}}}
    ],
}


def bare_client(url: str) -> library.StripeClient:
    return library.StripeClient(API_KEY, base_addresses={"api": url}, max_network_retries=0)


def open_raw(url: str, asked: dict[str, Any]) -> library.checkout.Session:
    # The parameters are wrong on purpose, so the library's types cannot be kept.
    return bare_client(url).v1.checkout.sessions.create(asked)  # type: ignore[arg-type]


def test_the_right_parameters_are_taken(stripe: Running) -> None:
    assert open_raw(stripe.url, RIGHT).amount_total == 5_000


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"custommer_email": "a@example.dk"}, "custommer_email", "parameter_unknown"),
        ({"payment_intent_data": {"capture": "manual"}}, "payment_intent_data[capture]", "parameter_unknown"),
        ({"payment_intent_data": {"capture_method": "later"}}, "payment_intent_data[capture_method]", None),
        ({"locale": "dansk"}, "locale", None),
        ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
        ({"line_items": [{"quantity": 1}]}, "line_items[0][price_data]", "parameter_missing"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"unit_amount": 5_000}}]},
            "line_items[0][price_data][currency]",
            "parameter_missing",
        ),
        ({"success_url": None}, "success_url", "parameter_missing"),
        ({"adaptive_pricing": {"enabled": "maybe"}}, "adaptive_pricing[enabled]", "parameter_invalid_boolean"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    stripe: Running, change: dict[str, Any], param: str, code: str | None
) -> None:
    with pytest.raises(library.InvalidRequestError) as no:
        open_raw(stripe.url, RIGHT | change)
    assert no.value.param == param
    assert code is None or no.value.code == code
    assert stripe.ledger()["session"] == []


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_page_lives_30_minutes_to_24_hours(checkout: Callable[..., CheckoutPage], minutes: int) -> None:
    with pytest.raises(PaymentRefused):
        checkout(expires_at=datetime.now(UTC) + timedelta(minutes=minutes))


def test_a_key_is_not_used_up_by_wrong_parameters(checkout: Callable[..., CheckoutPage]) -> None:
    with pytest.raises(PaymentRefused):
        checkout(expires_at=datetime.now(UTC))
    assert checkout().url


def test_a_key_remembers_a_refusal(gateway: StripeGateway, paid: Callable[..., str], stripe: Running) -> None:
    client, payment = bare_client(stripe.url), paid()
    for _ in range(2):
        with pytest.raises(library.InvalidRequestError):
            client.v1.refunds.create({"payment_intent": payment}, {"idempotency_key": "too-early"})
        gateway.capture(payment, 144_500, "capture-1")
    refund = client.v1.refunds.create({"payment_intent": payment}, {"idempotency_key": "in-time"})
    assert refund.amount == 144_500


def test_what_stripe_has_and_the_stand_in_has_not_is_said_plainly(stripe: Running) -> None:
    with pytest.raises(library.InvalidRequestError, match="Unrecognized request URL"):
        bare_client(stripe.url).v1.customers.create({"email": "a@example.dk"})


def test_a_page_closes_by_itself_when_its_time_is_over(
    gateway: StripeGateway, checkout: Callable[..., CheckoutPage], stripe: Running, receiver: Receiver
) -> None:
    page = checkout()
    stripe.control("clock", seconds=30 * 60)
    assert gateway.read_checkout(page.session_id).status == "open"
    stripe.control("clock", seconds=60)
    state = gateway.read_checkout(page.session_id)
    assert (state.status, state.url) == ("expired", None)
    stripe.pay(page.session_id)
    assert stripe.ledger()["payment"] == []
    body, _ = receiver.wait_for(1)[0]
    assert json.loads(body)["type"] == "checkout.session.expired"


def test_a_reservation_lapses_after_seven_days(
    gateway: StripeGateway, paid: Callable[..., str], stripe: Running
) -> None:
    payment, captured = paid(), paid(key="attempt-2")
    gateway.capture(captured, 144_500, "capture-1")
    stripe.control("clock", seconds=7 * 86_400 - 60)
    assert gateway.read_payment(payment).status == "requires_capture"
    stripe.control("clock", seconds=60)
    state = gateway.read_payment(payment)
    assert (state.status, state.cancellation_reason, state.amount_capturable_ore) == ("canceled", "automatic", 0)
    with pytest.raises(PaymentRefused):
        gateway.capture(payment, 144_500, "capture-2")
    assert gateway.read_payment(captured).status == "succeeded"


def test_a_refused_card_leaves_the_page_open_for_another_try(
    gateway: StripeGateway, checkout: Callable[..., CheckoutPage], stripe: Running
) -> None:
    page = checkout()
    assert "afvist=1" in stripe.pay(page.session_id, "afvis")
    assert gateway.read_checkout(page.session_id).status == "open"
    assert stripe.pay(page.session_id, "fortryd") == "http://127.0.0.1:9/kassen"
    assert stripe.pay(page.session_id) == f"http://127.0.0.1:9/ordre/abc?s={page.session_id}"
    assert stripe.pay(page.session_id) == f"http://127.0.0.1:9/ordre/abc?s={page.session_id}"
    assert [payment["capturable"] for payment in stripe.ledger()["payment"]] == [144_500]


def test_events_wait_for_a_shop_that_is_down_and_arrive_signed(
    gateway: StripeGateway, paid: Callable[..., str], receiver: Receiver, stripe: Running
) -> None:
    receiver.status = 503
    paid()
    receiver.wait_for(4)
    assert [row["delivered_at"] for row in stripe.ledger()["delivery"]] == [None, None]
    receiver.status = 200
    until_delivered(stripe, 2)
    letters = list(receiver.letters)
    body, signature = letters[-1]
    assert gateway.read_event(body, signature, now=datetime.now(UTC)).id
    with pytest.raises(ForgedEvent):
        door_to(stripe.url, webhook_secret="whsec_other").read_event(body, signature, now=datetime.now(UTC))
    with pytest.raises(ForgedEvent):
        gateway.read_event(body, signature, now=datetime.now(UTC) + timedelta(seconds=302))


def test_after_three_days_an_event_is_given_up_but_still_listed(
    gateway: StripeGateway, paid: Callable[..., str], receiver: Receiver, stripe: Running
) -> None:
    receiver.status = 503
    paid()
    receiver.wait_for(2)
    stripe.control("clock", seconds=3 * 86_400 + 60)
    wait_until(lambda: all(row["gave_up_at"] for row in stripe.ledger()["delivery"]))
    assert len(gateway.events_since(datetime.now(UTC) - timedelta(hours=1))) == 2


def test_a_test_holds_events_back_and_delivers_them_in_its_own_order(
    paid: Callable[..., str], receiver: Receiver, stripe: Running
) -> None:
    stripe.control("hold", held=True)
    paid()
    first, second = (row["id"] for row in stripe.ledger()["event"])
    time.sleep(0.6)
    assert receiver.letters == []
    assert stripe.control("deliver", events=[second, first])["answers"] == ["200", "200"]
    assert [json.loads(body)["id"] for body, _ in receiver.letters] == [second, first]
    stripe.control("hold", held=False)
    time.sleep(0.6)
    assert len(receiver.letters) == 2


def test_a_test_replays_one_event_many_times_at_once(
    paid: Callable[..., str], receiver: Receiver, stripe: Running
) -> None:
    paid()
    receiver.wait_for(2)
    event = stripe.ledger()["event"][0]["id"]
    assert stripe.control(f"events/{event}/replay", times=5, at_once=True)["answers"] == ["200"] * 5
    assert sum(json.loads(body)["id"] == event for body, _ in receiver.letters) == 6


def test_a_planned_error_before_the_work_does_nothing(
    gateway: StripeGateway, paid: Callable[..., str], stripe: Running
) -> None:
    payment = paid()
    stripe.control("faults", kind="error_before", path="/v1/payment_intents")
    with pytest.raises(PaymentUnavailable):
        gateway.capture(payment, 144_500, "capture-1")
    assert gateway.read_payment(payment).status == "requires_capture"


def test_the_handles_need_the_key(stripe: Running) -> None:
    for path in ("/_standin/ledger", "/v1/events"):
        with pytest.raises(urllib.error.HTTPError) as no:
            fetch(stripe.url + path)
        assert no.value.code == 401
        no.value.close()


def test_the_pay_page_says_that_it_is_practice_and_names_amount_lines_and_buttons(
    checkout: Callable[..., CheckoutPage], stripe: Running
) -> None:
    page = checkout()
    html, headers = fetch(page.url)
    for text in ("Øvebetaling.", "Ingen penge flyttes.", "Havebænk nr. 1042", 'lang="da"'):
        assert text in html
    buttons = [text.replace("\u00a0", " ") for text in re.findall(r"<button[^>]*>([^<]+)</button>", html)]
    assert buttons == ["Betal 1.445 kr. med kort", "Betal med MobilePay", "Kortet afvises", "Fortryd"]
    assert "style=" not in html
    assert "<script" not in html
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "form-action 'self' http://127.0.0.1:9;" in policy
    sheet = re.search(r'href="([^"]+\.css)"', html)
    assert sheet
    assert "min-block-size" in fetch(stripe.url + sheet[1])[0]


def test_the_pay_page_shows_names_as_text(checkout: Callable[..., CheckoutPage]) -> None:
    from_shop = checkout(cancel_url="http://127.0.0.1:9/'><b>")
    assert "<b>" not in fetch(from_shop.url)[0]


def test_the_pay_page_says_why_it_cannot_be_paid(
    gateway: StripeGateway, checkout: Callable[..., CheckoutPage], stripe: Running
) -> None:
    page = checkout()
    assert "Kortet blev afvist" in fetch(page.url + "?afvist=1")[0]
    stripe.pay(page.session_id)
    assert "Der er allerede betalt" in fetch(page.url)[0]
    closed = checkout(key="attempt-2")
    gateway.expire_checkout(closed.session_id)
    assert "Tiden er gået" in fetch(closed.url)[0]
    with pytest.raises(urllib.error.HTTPError) as no:
        fetch(stripe.url + "/pay/cs_test_nothing")
    assert no.value.code == 404
    no.value.close()


def test_a_killed_stand_in_loses_no_event(tmp_path: Path) -> None:
    port = free_port()
    with receiving() as shop:
        url, address = f"http://127.0.0.1:{port}", shop.url
        shop.status = 503
        with program(port, tmp_path / "book.sqlite", address) as running:
            door = door_to(url)
            page = open_raw(url, RIGHT)
            Running(url, API_KEY).pay(page.id)
            shop.wait_for(2)
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
        shop.status = 200
        before = len(shop.letters)
        with program(port, tmp_path / "book.sqlite", address):
            shop.wait_for(before + 2)
            until_delivered(Running(url, API_KEY), 2)
            assert door.read_checkout(page.id).status == "complete"


def test_the_signature_is_worked_out_as_the_library_does(paid: Callable[..., str], receiver: Receiver) -> None:
    paid()
    body, signature = receiver.wait_for(1)[0]
    stamp = int(signature.split(",")[0].removeprefix("t="))
    assert signature == library.WebhookSignature.generate_signature_header(body.decode(), SECRET, stamp)


def fetch(url: str) -> tuple[str, dict[str, str]]:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 — our own local address
        return answer.read().decode(), dict(answer.headers)


def wait_until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


def until_delivered(stripe: Running, count: int) -> None:
    wait_until(lambda: sum(bool(row["delivered_at"]) for row in stripe.ledger()["delivery"]) == count)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def program(port: int, ledger: Path, webhook_url: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "shop.payments.standin", "--port", str(port), "--ledger", str(ledger)]
    command += ["--webhook-url", webhook_url, "--webhook-secret", SECRET, "--api-key", API_KEY]
    with subprocess.Popen([*command, "--retry-seconds", "0.1"], cwd=ROOT) as running:
        try:
            wait_until(lambda: answers(port), 20)
            yield running
        finally:
            running.kill()


def answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
