"""Does the page itself say that the job is over?

A posting ends on its page's word only where the page says so prominently: in its title, a heading
or a banner that is shown, or as all there is on a short page. A phrase somewhere in a long
description ends nothing, nor does a page that was merely not found.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from include.errors import PageGone, ParseError
from include.extract.document import Document, text_of
from include.failure_codes import FailureCode

_JOB = (
    r"(?:job|position|posting|vacancy|role|opening|requisition|advert(?:isement)?|listing|"
    r"opportunity|offer)"
)
_OVER = (
    r"no longer (?:available|open|active|exists?|posted|advertised|online|live|valid|"
    r"accepting applications(?! (?:by|via|through|from|for)))"
)
_ENDED = (
    r"(?:closed|filled|expired|removed|taken down|withdrawn|deleted|unpublished|archived|"
    r"deactivated)"
)
_PHRASES = (
    rf"{_JOB}\b[^.!?]{{0,60}}?\b(?:is |are )?{_OVER}",
    rf"{_JOB}\b[^.!?]{{0,30}}?\b(?:has|have|is|was) (?:now |already |since |been )*{_ENDED}",
    # "Your position could not be found" is about the reader's whereabouts.
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
"""Each begins a word."""
_WITHOUT_SPACES = r"(?:募集|掲載)(?:は|を|が)?終了|(?:职位|岗位)已(?:关闭|下线|过期|结束)"
_NOTICE = re.compile(
    # where no word begins, one look is enough for all phrases
    rf"\b(?:{'|'.join(_PHRASES)})|{_WITHOUT_SPACES}",
    re.IGNORECASE | re.MULTILINE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|once|until|when|unless|before|after|while|falls|sobald|wenn|bis|si|lorsque|jusqu['’]à|"
    r"als|zodra|tot|cuando|hasta|quando|se|om|när|tills|hvis|når|jeśli|gdy)\b[^.!?\n]*$",
    re.IGNORECASE,
)
"""Before a phrase that tells what would be: "If the position has been filled, …"."""
_ALONE = re.compile(
    rf"(?=[any])(?:{_OVER}|not accepting applications(?! (?:by|via|through|from|for))|"
    rf"applications? (?:are|have|is) (?:now )?closed|nicht mehr verfügbar|ya no está disponible|"
    r"n['’]est plus disponible|non è più disponibile|niet (?:langer|meer) beschikbaar)",
    re.IGNORECASE,
)
"""Enough where the element speaks of nothing but the job."""
_NOT_FOUND = re.compile(
    r"^(?:error:? )?404\b|\bpage (?:was |could )?not (?:be )?found|seite (?:wurde )?nicht gefunden|"
    r"page introuvable|página no encontrada|pagina non trovata|pagina niet gevonden",
    re.IGNORECASE,
)
_ERROR_PAGE = "/errorpage"
"""Where SuccessFactors redirects from a job that is over; the page itself says nothing of it."""
_HEADINGS = "title, h1, h2"
_BANNERS = (
    "[role]:is([role=alert], [role=status]), "
    "[class]:is([class*=alert], [class*=notice], [class*=banner], [class*=message], "
    "[class*=expired], [class*=closed], [class*=error], [class*=unavailable])"
)
"""Most elements have no role and many no class: they are passed over at one look."""
_LONGEST_NOTICE = 300
_SHORT_PAGE = 800
"""Characters of main text."""
_ELSEWHERE = frozenset({"aside", "nav", "footer", "template", "noscript"})
_HIDDEN_CLASS = re.compile(r"(?:^|[\s_-])(?:hidden|d-none|hide|invisible|sr-only)(?:$|[\s_-])")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def check_open(document: Document) -> None:
    """Raises PageGone, quoting the notice, when the page's title, headings or banners say that
    the job is over, or the page is one that its site has for jobs that are not there."""
    if urlsplit(document.url).path.rstrip("/").endswith(_ERROR_PAGE):
        raise PageGone(f"the job's page has become {document.url}")
    for node in document.tree.css(f"{_HEADINGS}, {_BANNERS}"):
        text = text_of(node)
        if len(text) <= _LONGEST_NOTICE and _says_so(text) and _is_shown(node):
            raise PageGone(text)


def check_short(document: Document, main_text: str) -> None:
    """For a page without structured data. Raises PageGone when the little it says is that the
    job is over, and ParseError ``soft_404`` when it says that there is no such page."""
    if len(main_text) <= _SHORT_PAGE and (notice := _notice_in(main_text)):
        raise PageGone(notice)
    for heading in (document.text("title"), document.text("h1")):
        if heading and _NOT_FOUND.search(heading):
            raise ParseError(f"the page says: {heading}", code=FailureCode.SOFT_404)


@lru_cache(maxsize=1_000)
def _says_so(text: str) -> bool:
    """Of a heading or a banner, of which most are the same on all pages of a site."""
    return bool(_notice_in(text) or _ALONE.search(text))


def _notice_in(text: str) -> str | None:
    for match in _NOTICE.finditer(text):
        if not _SUPPOSED.search(text, 0, match.start()):
            return match[0]
    return None


def _is_shown(node: LexborNode) -> bool:
    """And not about another job, in a list beside the page's own."""
    ancestor: LexborNode | None = node
    while ancestor is not None:
        attributes = ancestor.attributes
        if (
            ancestor.tag in _ELSEWHERE
            or "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or _HIDDEN_STYLE.search(attributes.get("style") or "")
            or _HIDDEN_CLASS.search(attributes.get("class") or "")
        ):
            return False
        ancestor = ancestor.parent
    return True
