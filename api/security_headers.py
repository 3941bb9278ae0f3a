"""Add security headers to every response (OWASP Secure Headers Project).

Our own pages have no inline scripts or styles, so the Content-Security-Policy has no
``unsafe-inline``. Swagger UI is the only page that is not ours. An inline script starts it. Only
the policy of that page allows this script, and names it by its hash. The files of Swagger UI come
from the package ``fastapi-swagger``, so the page loads nothing from other servers.
"""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """Middleware that adds each of our security headers to responses that do not have it yet."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
                    # for browsers that do not support frame-ancestors
                    headers["X-Frame-Options"] = "DENY"
            await send(message)

        await self._app(scope, receive, send_with_headers)


def add_docs(app: FastAPI, path: str) -> None:
    """Serve Swagger UI for ``app`` at ``path``, and its files below it."""
    page = get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title=app.title,
        swagger_js_url=f"{path}/swagger-ui-bundle.js",
        swagger_css_url=f"{path}/swagger-ui.css",
        swagger_favicon_url=f"{path}/favicon-32x32.png",
    )
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(bytes(page.body).decode())
    )
    policy = (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    async def docs() -> HTMLResponse:
        return HTMLResponse(page.body, headers={"Content-Security-Policy": policy})

    app.add_api_route(path, docs, include_in_schema=False)
    app.mount(path, StaticFiles(packages=[("fastapi_swagger", "resources")]))
