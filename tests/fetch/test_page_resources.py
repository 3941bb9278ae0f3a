"""Tests of responses to a rendered page's requests that no browser could be given."""

import pytest

from include.errors import FetchError
from include.fetch.guard import AddressGuard
from include.fetch.page_resources import HostPacer, PageResources, ResourceRequest
from tests.fetch.answers import GZIPPED, HTML, MIB
from tests.fetch.fault_server import FaultServer, reply


def resources_of(server: FaultServer) -> PageResources:
    return PageResources(
        server.at("/", reply(HTML)),
        AddressGuard([server.host]),
        HostPacer(),
        user_agent="Tester/1.0",
        deadline=5,
        max_bytes=MIB,
    )


@pytest.mark.parametrize(
    "body", [b"no gzip", GZIPPED[:12] + b"\xff" * 50, GZIPPED[:-9]], ids=["none", "broken", "cut"]
)
async def test_malformed_gzip_is_a_fault_of_the_response(body: bytes, server: FaultServer) -> None:
    url = server.at("/app.js", reply(body, content_encoding="gzip"))
    async with resources_of(server) as resources:
        with pytest.raises(FetchError) as refused:
            await resources.load(ResourceRequest(url=url, headers={}))
    assert refused.value.code == "encoding"


async def test_a_content_type_that_is_not_ascii_is_left_out(server: FaultServer) -> None:
    url = server.at("/app.js", reply(HTML, content_type="text/\xff"))
    async with resources_of(server) as resources:
        page = await resources.load(ResourceRequest(url=url, headers={}))
    assert (page.body, page.content_type) == (HTML, None)
