"""Print the API's OpenAPI document, from which the page's types are generated."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from api.app import create_app

json.dump(create_app().openapi(), sys.stdout)
