"""Run a test double of Stripe on this machine, and print its address.

`--key`, `--webhook` and `--webhook-secret` may be repeated: the second webhook belongs to the account that the second
key opens, and so on.
"""

import argparse
import sys

from tests.doubles.stripe.errors import StripeError
from tests.doubles.stripe.platform import add_endpoint
from tests.doubles.stripe.server import Stripe, make_server

KEY = "sk_test_double"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", action="append", default=[], metavar="sk_test_…", help=f"default: {KEY}")
    parser.add_argument("--webhook", action="append", default=[], metavar="URL", help="where events go")
    parser.add_argument("--webhook-secret", action="append", default=[], metavar="whsec_…")
    parser.add_argument("--connect-webhook", metavar="URL", help="where events of connected accounts go")
    parser.add_argument("--connect-webhook-secret", metavar="whsec_…")
    parser.add_argument("--state", metavar="FILE", help="an SQLite file in which state outlives the process")
    return parser


def _options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    options = parser.parse_args()
    options.key = options.key or [KEY]
    if not all(key.startswith("sk_test_") for key in options.key):
        parser.error("a key begins with sk_test_: real ones have no place here")
    if len(options.webhook) != len(options.webhook_secret) or len(options.webhook) > len(options.key):
        parser.error("each --webhook has its --webhook-secret, and there are no more of them than keys")
    return options


def _prepare(stripe: Stripe, options: argparse.Namespace) -> None:
    world = stripe.world
    for key in options.key:
        if key not in world.keys:
            world.add_key(key)
    for account in world.accounts.values():
        table = account.table("webhook_endpoint")
        for endpoint in [each for each in table.values() if each["_kept"]]:
            del table[endpoint["id"]]
    accounts = [world.accounts[world.keys[key]] for key in options.key]
    for account, url, secret in zip(accounts, options.webhook, options.webhook_secret, strict=False):
        add_endpoint(world, account, url, secret=secret, kept=True)
    if options.connect_webhook:
        secret = options.connect_webhook_secret
        add_endpoint(world, accounts[0], options.connect_webhook, secret=secret, connected=True, kept=True)


def main() -> None:
    parser = _parser()
    options = _options(parser)
    stripe = Stripe(options.state)
    server = make_server(stripe, options.port)
    try:
        _prepare(stripe, options)
    except StripeError as problem:
        parser.error(str(problem))
    stripe.start()
    sys.stdout.write(f"{stripe.world.origin}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
