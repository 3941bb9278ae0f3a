"""Serve the sample career sites until SIGTERM or Ctrl-C.

Usage: ``python -m local.career_sites --port 8090``.
"""

import argparse
from pathlib import Path

from aiohttp import web

from local.career_sites.server import create_app
from local.career_sites.world import World


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.career_sites", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, default=7, help="random seed of the postings")
    parser.add_argument(
        "--day", type=_positive, default=1, help="first day, unless the state file holds a day"
    )
    parser.add_argument("--state", type=Path, help="JSON file in which the day is kept")
    parser.add_argument(
        "--scale", type=_positive, default=1, help="factor for the number of postings"
    )
    options = parser.parse_args()
    try:
        world = World(seed=options.seed, day=options.day, scale=options.scale, state=options.state)
    except ValueError as error:
        parser.error(str(error))
    # Compute the postings now, so that the first request is no slower than others.
    world.edition(f"http://{options.host}:{options.port}")
    web.run_app(
        create_app(world),
        host=options.host,
        port=options.port,
        access_log=None,
        print=None,
        shutdown_timeout=2,
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is below 1")
    return number


if __name__ == "__main__":
    main()
