"""Learn the templates of the boards of one batch while its pages are crawled.

A template consists of the lines and labels that the pages of a board share. If a board has no
template yet, or its site was rebuilt, its first pages are only stored. After
``_PAGES_TO_LEARN_FROM`` such pages, or at the end of the batch, the template is learned. Then the
stored pages are read, and each further page is read immediately after it is fetched.
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

    def __init__(self, stored_templates: Mapping[int, Template], jobs: Iterable[CrawlJob]) -> None:
        """Create the templates of a batch.

        Args:
            stored_templates: the stored templates, by board id.
            jobs: the jobs of the batch.
        """
        self._templates = dict(stored_templates)
        self._stored_versions = {
            board: template.version for board, template in stored_templates.items()
        }
        pages = {(job.board_id, job.page_url) for job in jobs if not job.inline}
        page_counts = Counter(board for board, _ in pages)
        self._learning = {board for board, count in page_counts.items() if count >= MIN_PAGES}
        self._pages = defaultdict[int, dict[str, PageBlocks]](dict)
        self._unfit_counts = Counter[int]()

    def of(self, board_id: int) -> Template | None:
        """Return the current template of a board; None if the board has none yet."""
        return self._templates.get(board_id)

    def is_learning(self, board_id: int) -> bool:
        """Return whether pages that do not fit the board's template are stored and read later.

        They wait until a new template of the board has been learned.
        """
        return board_id in self._learning

    def add_page(self, job: CrawlJob, blocks: PageBlocks) -> None:
        """Keep the blocks of a page, because the template of its board is learned from them."""
        board, pages = job.board_id, self._pages[job.board_id]
        pages.pop(job.page_url, None)  # the page then becomes the last one of the dict
        pages[job.page_url] = blocks
        if len(pages) > MAX_PAGES:
            del pages[next(iter(pages))]  # the page that was added first
        template = self._templates.get(board)
        if template is None or not template.fits(blocks):
            self._unfit_counts[board] += 1
        if board in self._learning and self._unfit_counts[board] >= _PAGES_TO_LEARN_FROM:
            self.end_learning(board)

    def end_learning(self, board_id: int) -> None:
        """Learn the board's template from its pages so far, if there are at least ``MIN_PAGES``."""
        self._learning.discard(board_id)
        if len(self._pages[board_id]) >= MIN_PAGES:
            self._templates[board_id] = self._learn_template(board_id)

    def learned_templates(self) -> dict[int, tuple[int, Template]]:
        """Return the templates that were learned in this batch and by which pages were read.

        The values have the same form as those of ``new_templates``.
        """
        return {
            board: (self._stored_versions.get(board, 0), template)
            for board, template in self._templates.items()
            if template.version != self._stored_versions.get(board, 0)
        }

    def new_templates(self) -> dict[int, tuple[int, Template]]:
        """Return the templates that are learned from the last pages of the batch, by board id.

        Each value has the version of the stored template (0 if there is none) and the new template.
        Boards that have fewer than ``MIN_PAGES`` pages in the batch are left out.
        """
        return {
            board: (self._stored_versions.get(board, 0), self._learn_template(board))
            for board, pages in self._pages.items()
            if len(pages) >= MIN_PAGES
        }

    def _learn_template(self, board: int) -> Template:
        previous = self._templates.get(board)
        return learn_template(previous, list(self._pages[board].values()), now=datetime.now(UTC))
