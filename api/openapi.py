"""The OpenAPI document where FastAPI needs telling: stable operation ids, an example of each answer
and body, and the one schema that every error has.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.examples import ANSWERS, BODIES
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
            for methods in document["paths"].values():
                for operation in methods.values():
                    _add_examples(operation)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi


def _add_examples(operation: dict[str, Any]) -> None:
    """Where the route has not given one itself."""
    name = operation["operationId"]
    if name in BODIES:
        (content,) = operation["requestBody"]["content"].values()
        content["example"] = BODIES[name]
    for status, answer in operation["responses"].items():
        if status.startswith("2") and name in ANSWERS:
            (content,) = answer["content"].values()
            content["example"] = ANSWERS[name]
