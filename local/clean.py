"""Remove the stack's home and all its data. ``make clean`` runs ``python -m local.clean``."""

import shutil
import sys

from include.errors import JobhuntError
from include.settings import get_settings
from local.home import check_is_home, locked


def main() -> None:
    """Remove the directory at ``JOBHUNT_HOME``.

    Raises:
        StackError: the directory is not a stack's home, or a stack runs in it.
    """
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
