"""Remove the stack's home with all its data: ``python -m local.clean``, which is ``make clean``."""

import shutil
import sys

from include.errors import JobhuntError
from include.settings import get_settings
from local.home import check_is_home, locked


def main() -> None:
    """Remove the directory at ``JOBHUNT_HOME``, if it is a stack's and no stack runs in it."""
    home = get_settings().home.resolve()
    if not home.exists():
        return
    check_is_home(home)
    with locked(home):
        shutil.rmtree(home)


if __name__ == "__main__":
    try:
        main()
    except JobhuntError as error:
        sys.exit(f"make clean: {error.message}")
