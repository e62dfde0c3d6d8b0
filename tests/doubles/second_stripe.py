"""Run localstripe, a Stripe by other hands, on a free port of this machine alone, and print its address.

By itself it listens to the whole network and writes all it knows to one file of the machine at every change, so that two
test runs would meet there.
"""

import socket
import sys

from localstripe import server


def main() -> None:
    server.store.dump_to_disk = lambda: None
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    server.web.run_app(server.app, sock=listening, access_log=None, print=None)


if __name__ == "__main__":
    main()
