"""Learn the templates of the boards of one batch while its pages are crawled.

If a board has no template yet, or its site was rebuilt, its first pages are only stored. After
``_PAGES_TO_LEARN_FROM`` such pages, or at the end of the batch, the template is known. Then the
stored pages are read, and each further page is read as soon as it is fetched.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from include.core.fields.template import MIN_PAGES, PageBlocks, Template
from include.db.work.batches import CrawlJob
from include.extract.learning import MAX_PAGES, learn_template

_PAGES_TO_LEARN_FROM = 8


class BoardTemplates:
    """The templates that one worker uses to read the pages of a batch."""

    def __init__(self, known: Mapping[int, Template], jobs: Iterable[CrawlJob]) -> None:
        """Create the templates of a batch.

        Args:
            known: the stored templates, by board id.
            jobs: the jobs of the batch.
        """
        self._known = dict(known)
        self._versions = {board: template.version for board, template in known.items()}
        urls = {(job.board_id, job.page_url) for job in jobs if not job.inline}
        counts = Counter(board for board, _ in urls)
        self._learning = {board for board, count in counts.items() if count >= MIN_PAGES}
        self._pages = defaultdict[int, dict[str, PageBlocks]](dict)
        self._unfit = Counter[int]()

    def of(self, board_id: int) -> Template | None:
        """Return the current template of a board."""
        return self._known.get(board_id)

    def is_learning(self, board_id: int) -> bool:
        """Return whether pages that do not fit the template wait for a new template."""
        return board_id in self._learning

    def add_page(self, job: CrawlJob, blocks: PageBlocks) -> None:
        """Keep the blocks of a page, because the template of its board is learned from them."""
        board, pages = job.board_id, self._pages[job.board_id]
        pages.pop(job.page_url, None)
        pages[job.page_url] = blocks
        if len(pages) > MAX_PAGES:
            del pages[next(iter(pages))]
        template = self._known.get(board)
        self._unfit[board] += template is None or not template.fits(blocks)
        if board in self._learning and self._unfit[board] >= _PAGES_TO_LEARN_FROM:
            self.end_learning(board)

    def end_learning(self, board_id: int) -> None:
        """Make the board's template from its pages so far, if there are at least ``MIN_PAGES``."""
        self._learning.discard(board_id)
        if len(self._pages[board_id]) >= MIN_PAGES:
            self._known[board_id] = self._learn_template(board_id)

    def learned_templates(self) -> dict[int, tuple[int, Template]]:
        """Return the templates that were learned in this batch and by which pages were read.

        The values have the same form as those of ``new_templates``.
        """
        return {
            board: (self._versions.get(board, 0), template)
            for board, template in self._known.items()
            if template.version != self._versions.get(board, 0)
        }

    def new_templates(self) -> dict[int, tuple[int, Template]]:
        """Return, by board id, the version that was stored before and the new template."""
        return {
            board: (self._versions.get(board, 0), self._learn_template(board))
            for board, pages in self._pages.items()
            if len(pages) >= MIN_PAGES
        }

    def _learn_template(self, board: int) -> Template:
        before = self._known.get(board)
        return learn_template(before, list(self._pages[board].values()), now=datetime.now(UTC))
