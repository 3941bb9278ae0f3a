"""Detect whether the page itself says that the job is over.

A posting expires because of its page only if the page says so prominently: in its title, in a
visible heading or banner, or in the text of a short page. A phrase somewhere in a long description
does not count. A page that was merely not found does not count, either.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from include.errors import PageGone, ParseError
from include.extract.document import Document, text_of

_JOB = (
    r"(?:job|position|posting|vacancy|role|opening|requisition|advert(?:isement)?|listing|"
    r"opportunity|offer)"
)
_NO_LONGER = (
    r"no longer (?:available|open|active|exists?|posted|advertised|online|live|valid|"
    r"accepting applications(?! (?:by|via|through|from|for)))"
)
_ENDED = (
    r"(?:closed|filled|expired|removed|taken down|withdrawn|deleted|unpublished|archived|"
    r"deactivated)"
)
_PHRASES = (
    rf"{_JOB}\b[^.!?]{{0,60}}?\b(?:is |are )?{_NO_LONGER}",
    rf"{_JOB}\b[^.!?]{{0,30}}?\b(?:has|have|is|was) (?:now |already |since |been )*{_ENDED}",
    # "Your position could not be found" is about the location of the reader.
    rf"(?<!your ){_JOB}\b[^.!?]{{0,40}}?\b(?:could not be|cannot be|was not|not) found",
    rf"^(?:this |the )?{_JOB} (?:now |already )*{_ENDED}[.!]?$",
    rf"{_JOB}\b[^.!?]{{0,40}}?\b(?:does not|doesn['’]t|no longer) exist",
    r"(?:stelle|position|anzeige|stellenangebot|stellenanzeige|vakanz|ausschreibung)\b[^.!?]{0,40}?"
    r"(?:nicht mehr (?:verfügbar|aktiv|online|ausgeschrieben|vakant|aktuell)|"
    r"(?:ist|wurde) (?:bereits |leider |schon )*(?:besetzt|geschlossen|deaktiviert|abgelaufen))",
    r"(?:offre|poste|annonce)\b[^.!?]{0,40}?(?:n['’]est plus (?:disponible|en ligne|active|"
    r"ouverte?|à pourvoir|d['’]actualité)|n['’]existe (?:plus|pas)|(?:est|a|a été) (?:déjà )?"
    r"(?:pourvue?|expirée?|clôturée?|fermée?))",
    r"(?:oferta|vacante|puesto|empleo|posición)\b[^.!?]{0,40}?"
    r"(?:ya no (?:está|se encuentra|existe)|no existe|"
    r"(?:ha sido|está) (?:cerrad[ao]|cubiert[ao]|eliminad[ao])|"
    r"ha (?:caducado|expirado|finalizado))",
    r"(?:offerta|posizione|annuncio|lavoro)\b[^.!?]{0,40}?(?:non (?:è )?più \w+|"
    r"è (?:stat[ao] )?(?:chius[ao]|scadut[ao]))",
    r"(?:vacature|functie)\b[^.!?]{0,40}?(?:niet (?:langer|meer) (?:beschikbaar|actief|open|"
    r"online)|is (?:helaas |al |inmiddels )?(?:gesloten|vervuld|verlopen|ingevuld))",
    r"(?:vaga|oferta|posição)\b[^.!?]{0,40}?(?:(?:não está mais|já não está) \w+|"
    r"(?:foi |está |já )?(?:encerrada|preenchida|expirada|expirou))",
    r"(?:oferta|ogłoszenie)\b[^.!?]{0,40}?(?:nieaktualn[ae]|wygasł[ao]|nie jest już \w+)",
    r"(?:tjänsten|annonsen|jobbet|stilling(?:en)?|annoncen)\b[^.!?]{0,40}?"
    r"(?:(?:inte längre|ikke længere|ikke lenger) \w+|(?:är|er) (?:\w+ )?(?:tillsatt|besat|besatt|"
    r"lukket|stängd|utløpt|udløbet)|har (?:utgått|gått ut|stängts))",
    r"ansökningstiden har gått ut|ansøgningsfristen er udløbet|søknadsfristen er utløpt|"
    r"(?:bewerbungsfrist|anzeige) (?:ist )?abgelaufen",
    r"(?:pozice|nabídka)\b[^.!?]{0,40}?(?:již|už) ne\w+|työpaikka\b[^.!?]{0,40}?ei ole enää",
)
"""Expressions for notices that a job is over. Each must match from the beginning of a word."""
_WITHOUT_SPACES = r"(?:募集|掲載)(?:は|を|が)?終了|(?:职位|岗位)已(?:关闭|下线|过期|结束)"
_NOTICE = re.compile(
    # One ``\b`` before all phrases is fast, because it is tested once where no word begins.
    rf"\b(?:{'|'.join(_PHRASES)})|{_WITHOUT_SPACES}",
    re.IGNORECASE | re.MULTILINE,
)
_CONDITION = re.compile(
    r"\b(?:if|once|until|when|unless|before|after|while|falls|sobald|wenn|bis|si|lorsque|jusqu['’]à|"
    r"als|zodra|tot|cuando|hasta|quando|se|om|när|tills|hvis|når|jeśli|gdy)\b[^.!?\n]*$",
    re.IGNORECASE,
)
"""Words before a phrase that make it a condition: "If the position has been filled, …"."""
_WITHOUT_JOB = re.compile(
    rf"(?=[any])(?:{_NO_LONGER}|not accepting applications(?! (?:by|via|through|from|for))|"
    rf"applications? (?:are|have|is) (?:now )?closed|nicht mehr verfügbar|ya no está disponible|"
    r"n['’]est plus disponible|non è più disponibile|niet (?:langer|meer) beschikbaar)",
    re.IGNORECASE,
)
"""Phrases that are enough in a heading or a banner, although they do not mention the job."""
_NOT_FOUND = re.compile(
    r"^(?:error:? )?404\b|\bpage (?:was |could )?not (?:be )?found|seite (?:wurde )?nicht gefunden|"
    r"page introuvable|página no encontrada|pagina non trovata|pagina niet gevonden",
    re.IGNORECASE,
)
_ERROR_PAGE = "/errorpage"
"""The end of the path to which SuccessFactors redirects from a job that is over.

The page there does not say that the job is over.
"""
_HEADINGS = "title, h1, h2"
_BANNERS = (
    "[role]:is([role=alert], [role=status]), "
    "[class]:is([class*=alert], [class*=notice], [class*=banner], [class*=message], "
    "[class*=expired], [class*=closed], [class*=error], [class*=unavailable])"
)
"""A selector of banners.

``[role]`` and ``[class]`` make it fast, because most elements have no role and many have no class.
"""
_MAX_NOTICE_LENGTH = 300
_MAX_SHORT_PAGE_LENGTH = 800
"""The maximum length of the main text of a short page, in characters."""
_OTHER_PARTS = frozenset({"aside", "nav", "footer", "template", "noscript"})
_HIDDEN_CLASS = re.compile(r"(?:^|[\s_-])(?:hidden|d-none|hide|invisible|sr-only)(?:$|[\s_-])")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def check_open(document: Document) -> None:
    """Raise PageGone if the title, a heading or a banner of the page says that the job is over.

    The error quotes the notice. It is also raised if the page is the one that its site shows for
    jobs that do not exist.
    """
    if urlsplit(document.url).path.rstrip("/").endswith(_ERROR_PAGE):
        raise PageGone(f"the job's page redirects to the error page {document.url}")
    for node in document.tree.css(f"{_HEADINGS}, {_BANNERS}"):
        text = text_of(node)
        if len(text) <= _MAX_NOTICE_LENGTH and _says_job_is_over(text) and _is_shown(node):
            raise PageGone(text)


def check_short(document: Document, main_text: str) -> None:
    """Check the text of a page without structured data.

    Raises:
        PageGone: the page is short and says that the job is over.
        ParseError: ``soft_404`` if the page says that there is no such page.
    """
    if len(main_text) <= _MAX_SHORT_PAGE_LENGTH and (notice := _notice_in(main_text)):
        raise PageGone(notice)
    for heading in (document.text("title"), document.text("h1")):
        if heading and _NOT_FOUND.search(heading):
            raise ParseError(f"the page says: {heading}", code="soft_404")


@lru_cache(maxsize=1_000)
def _says_job_is_over(text: str) -> bool:
    """Return whether a heading or a banner says that the job is over.

    The results are cached, because most headings and banners are the same on all pages of a site.
    """
    return bool(_notice_in(text) or _WITHOUT_JOB.search(text))


def _notice_in(text: str) -> str | None:
    for match in _NOTICE.finditer(text):
        if not _CONDITION.search(text, 0, match.start()):
            return match[0]
    return None


def _is_shown(node: LexborNode) -> bool:
    """Return whether the element is visible, and not in a part that may be about other jobs."""
    ancestor: LexborNode | None = node
    while ancestor is not None:
        attributes = ancestor.attributes
        if (
            ancestor.tag in _OTHER_PARTS
            or "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or _HIDDEN_STYLE.search(attributes.get("style") or "")
            or _HIDDEN_CLASS.search(attributes.get("class") or "")
        ):
            return False
        ancestor = ancestor.parent
    return True
