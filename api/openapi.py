"""The OpenAPI document where FastAPI needs telling: stable operation ids, and the one schema that
every error has.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.problems import Problem


def operation_id(route: APIRoute) -> str:
    """The route function's name; a second path to the same function is named by its route."""
    return route.name


def complete_openapi(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            schema = Problem.model_json_schema()
            document["components"]["schemas"]["Problem"] = schema
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi
