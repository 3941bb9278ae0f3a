"""The parts of the OpenAPI document that FastAPI cannot generate by itself.

These are stable operation ids, an example of each response and request body, and the schema that
all errors share.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.examples import ANSWERS, BODIES
from api.problems import Problem


def operation_id(route: APIRoute) -> str:
    """Return the name of the route, by default that of its function.

    If a function has two paths, one of the routes must be given a name of its own.
    """
    return route.name


def complete_openapi(app: FastAPI) -> None:
    """Add the schema ``Problem`` and the examples to the application's OpenAPI document."""
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
    """Add the examples of one operation; they replace those that its route states."""
    name = operation["operationId"]
    if name in BODIES:
        (content,) = operation["requestBody"]["content"].values()
        content["example"] = BODIES[name]
    for status, answer in operation["responses"].items():
        if status.startswith("2") and name in ANSWERS:
            (content,) = answer["content"].values()
            content["example"] = ANSWERS[name]
