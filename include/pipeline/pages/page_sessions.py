"""Get the headers that page requests of some sources need, such as a session's token (ADR 28).

The token comes from the first request of the board's listing (``NeedsPageHeaders``). The token is
kept in the memory of one worker, and neither stored nor logged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from include.errors import FetchError, PageGone
from include.failure_codes import FailureCode
from include.fetch.http_messages import HttpRequest
from include.fetch.limits.retrying_fetcher import RetryingFetcher
from include.sources.base import NeedsPageHeaders, Response
from include.sources.registry import adapter_for


class PageSessions:
    """The headers of the page requests of one worker, by board.

    Args:
        config_of: a function that returns the config of a board. The function may block.
    """

    def __init__(
        self, fetcher: RetryingFetcher, config_of: Callable[[int], Mapping[str, Any]]
    ) -> None:
        self._fetcher = fetcher
        self._config_of = config_of
        self._headers_of_board: dict[int, Mapping[str, str]] = {}
        self._locks = defaultdict[int, asyncio.Lock](asyncio.Lock)

    async def headers(self, source: str, board_id: int) -> Mapping[str, str]:
        """Return the headers for requests of the board's pages. Most sources need none.

        Only the first call for a board sends a request.

        Raises:
            FetchError, ParseError: the board's session could not be opened.
        """
        adapter = adapter_for(source)
        if not isinstance(adapter, NeedsPageHeaders):
            return {}
        async with self._locks[board_id]:
            if board_id not in self._headers_of_board:
                config = await asyncio.to_thread(self._config_of, board_id)
                response = await self._first_response(adapter_for(source).first_request(config).url)
                self._headers_of_board[board_id] = adapter.page_headers(config, response)
            return self._headers_of_board[board_id]

    def forget(self, board_id: int, headers: Mapping[str, str]) -> None:
        """Forget these headers of the board, so that the next call for it opens a new session."""
        if self._headers_of_board.get(board_id) is headers:
            del self._headers_of_board[board_id]

    async def _first_response(self, url: str) -> Response:
        try:
            async with self._fetcher.fetch(HttpRequest(url=url)) as fetched:
                page = fetched.page
        # Raise another error, because a missing board does not mean that its postings are closed.
        except PageGone as error:
            message = f"no such board: {url}: {error.message}"
            raise FetchError(message, code=FailureCode.NOT_FOUND) from error
        if page is None:
            raise FetchError(f"{url} answered with status 304", code=FailureCode.PROTOCOL)
        return Response.of(page)
