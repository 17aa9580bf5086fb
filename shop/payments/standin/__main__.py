"""Run the stand-in: `python -m shop.payments.standin --port 12111 --ledger var/stripe.sqlite …`."""

from __future__ import annotations

import argparse
from pathlib import Path

from shop.payments.standin.postman import Postman
from shop.payments.standin.server import create_standin, listen


def main() -> None:
    """Serve until stopped; everything that matters is in the ledger, so stopping hard is fine."""
    options = _options()
    app = create_standin(
        ledger=options.ledger,
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
        api_key=options.api_key,
        public_url=options.public_url,
        retry_seconds=options.retry_seconds,
    )
    server = listen(app, options.host, options.port)
    postman: Postman = app.extensions["postman"]
    postman.start()
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        postman.stop()
        server.server_close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shop.payments.standin", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--ledger", type=Path, required=True, help="SQLite file, made if it is not there")
    parser.add_argument("--webhook-url", default="", help="where events are delivered; nothing is delivered without")
    parser.add_argument("--webhook-secret", default="whsec_practice")
    parser.add_argument("--api-key", default="sk_test_practice")
    parser.add_argument("--public-url", default="", help="where browsers reach the pay page, if not at host and port")
    parser.add_argument("--retry-seconds", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
