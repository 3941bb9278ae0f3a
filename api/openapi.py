"""Add the parts of the OpenAPI document that FastAPI cannot generate by itself.

These are stable operation ids, an example of each response and request body, the schema that all
errors share, and the events of the progress stream.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.examples import REQUEST_EXAMPLES, RESPONSE_EXAMPLES
from api.problems import Problem
from api.stream.events import StreamEvents


def operation_id(route: APIRoute) -> str:
    """Return the operation id of the route, which is the name of its function.

    Operation ids must be unique. If one function has two paths, one of its routes must be given
    another name.
    """
    return route.name


def complete_openapi(app: FastAPI) -> None:
    """Add the missing schemas and the examples to the application's OpenAPI document."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            schemas = document["components"]["schemas"]
            schemas["Problem"] = Problem.model_json_schema()
            schemas.update(_stream_schemas())
            for methods in document["paths"].values():
                for operation in methods.values():
                    _add_examples(operation)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi


def _stream_schemas() -> dict[str, Any]:
    """Return the schema ``StreamEvents`` and the schemas that it references.

    The key of each schema is its name.
    """
    schema = StreamEvents.model_json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    return {**schema.pop("$defs"), "StreamEvents": schema}


def _add_examples(operation: dict[str, Any]) -> None:
    """Add the examples of one operation. They replace the examples that its route declares."""
    name = operation["operationId"]
    if name in REQUEST_EXAMPLES:
        (content,) = operation["requestBody"]["content"].values()
        content["example"] = REQUEST_EXAMPLES[name]
    for status, response in operation["responses"].items():
        if status.startswith("2") and name in RESPONSE_EXAMPLES:
            (content,) = response["content"].values()
            content["example"] = RESPONSE_EXAMPLES[name]
