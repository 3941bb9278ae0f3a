"""Detect whether a posting's page says that the job is no longer offered.

A page says so by a *notice*, such as "This job is no longer available". A notice counts only in the
page's title, in a visible heading or banner, in a line at the top, or in the text of a short page.
A notice in a long description does not count, because it may be about something else. A page that
only says that it was not found does not expire a posting.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from include.core.formats.bounded import compile_bounded
from include.core.formats.text import one_line
from include.errors import PageGone, ParseError
from include.extract.document import Document
from include.failure_codes import FailureCode

_JOB = (
    r"(?:job|position|posting|vacancy|role|opening|requisition|advert(?:isement)?|listing|"
    r"opportunity|offer|ad)"
)
_THIS_JOB = (
    r"(?:^|[.!?:;,(–—]\s{0,3}|"
    r"\b(?:this|the|that|requested|selected|particular|specific|desired)\s)"
    rf"{_JOB}(?:[ -]{_JOB})?"
)
"""A pattern of the posting as the subject of an English sentence: "this job", "the position".

It should match neither other jobs ("our job in Leeds") nor "the job fair".
"""
_WHICH = r"(?:,? (?:you|that|which|at|of|for|as|id|number|ref|#|[(\"“„'])[^.!?]{0,80}?)?"
_NO_LONGER = (
    r"no longer (?:available|open|active|exists?|posted|advertised|online|live|valid|"
    r"accepting (?:new )?applications(?! (?:by|via|through|from|for (?!th(?:is|e) ))))"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_ENDED = (
    rf"(?:closed(?! (?:to (?!new|further|applica|candidates|submissions)|on (?!\W?\d|{_MONTH})|at|"
    r"early|every|during|between|for (?!applica|new|further|submissions)))|"
    r"filled(?! (?:out|in|with)\b)|expired|removed(?! from (?:your|my|the saved))|taken down|"
    r"withdrawn|deleted|unpublished|archived(?! as\b)|deactivated|cancell?ed|gone)"
    r"(?![\w-]| and (?:re|posted|published|then)| before\b| again\b)"
)
_PHRASES = (
    rf"{_THIS_JOB}{_WHICH} (?:is |are )?{_NO_LONGER}",
    rf"{_THIS_JOB}{_WHICH} (?:has|is|was|have) (?:now |already |since |been |recently )*{_ENDED}",
    rf"{_THIS_JOB}{_WHICH} (?:could not be|cannot be|was not|not) found",
    rf"{_THIS_JOB} (?:now |already )*{_ENDED}[.!]?$",
    rf"{_THIS_JOB}{_WHICH} (?:does not|doesn['’]t|no longer) exist",
    rf"\bapplications?(?: for th(?:is|e) {_JOB})? (?:(?:are|have|is|has) (?:now |been )*)?"
    r"(?:closed|ended)(?= for| to new|[.!]|$)",
    r"\b(?:application|closing) (?:deadline|date|period|window)(?: for th(?:is|e) \w+)? "
    r"(?:has|is) (?:now |already )*(?:passed|over(?! \d)|closed|ended|expired)",
    rf"\b(?:we are|we['’]re) no longer accepting (?:new )?applications for th(?:is|e) {_JOB}",
    rf"^(?:closed|expired|filled) on (?:\w+,? )?\W?(?:\d|{_MONTH})",
)
"""Patterns of English notices that the job is no longer offered."""
_OTHER_PHRASES = (
    r"(?:stelle|position|anzeige|stellenangebot|stellenanzeige|vakanz|ausschreibung)\b[^.!?]{0,40}?"
    r"(?:nicht mehr (?:verfügbar|aktiv|online|ausgeschrieben|vakant|aktuell)|"
    r"(?:ist|wurde) (?:bereits |leider |schon )*(?:besetzt|geschlossen|deaktiviert|abgelaufen|"
    r"vergeben|beendet))",
    r"(?:offre|poste|annonce)\b[^.!?]{0,40}?(?:n['’]est plus (?:disponible|en ligne|active|"
    r"ouverte?|à pourvoir|d['’]actualité)|n['’]existe (?:plus|pas)|(?:est|a|a été) (?:déjà )?"
    r"(?:pourvue?|expirée?|clôturée?|fermée?))",
    r"(?:oferta|vacante|puesto|empleo|posición|aviso|convocatoria|búsqueda)\b[^.!?]{0,40}?"
    r"(?:ya no (?:está|se encuentra|existe)|no existe|"
    r"(?:ha sido|está|fue|se encuentra) (?:ya )?(?:cerrad|cubiert|eliminad|ocupad|cancelad|"
    r"finalizad)[ao]|"
    r"ha (?:caducado|expirado|finalizado))",
    r"(?:offerta|posizione|annuncio|lavoro)\b[^.!?]{0,40}?(?:non (?:è )?più \w+|"
    r"è (?:stat[ao] )?(?:già )?(?:chius|scadut|copert|assegnat|conclus)[ao])",
    r"(?:vacature|functie)\b[^.!?]{0,40}?(?:niet (?:langer|meer) (?:beschikbaar|actief|open|"
    r"online)|is (?:helaas |al |inmiddels )?(?:gesloten|vervuld|verlopen|ingevuld))",
    r"(?:vaga|oferta|posição)\b[^.!?]{0,40}?(?:(?:não está mais|já não está) \w+|"
    r"(?:foi |está |já )?(?:encerrada|preenchida|expirada|expirou|fechada|finalizada|cancelada))",
    r"(?:oferta|ogłoszenie)\b[^.!?]{0,40}?(?:nieaktualn[ae]|wygasł[ao]|nie jest już \w+)|"
    r"(?:rekrutacja|nabór)\b[^.!?]{0,40}?(?:został[ao]? )?(?:zakończon|zamknięt|rozstrzygnięt)\w+",
    r"(?:tjänsten|annonsen|jobbet|stilling(?:en)?|annoncen)\b[^.!?]{0,40}?"
    r"(?:(?:inte längre|ikke længere|ikke lenger) \w+|(?:är|er) (?:\w+ )?(?:tillsatt|besat|besatt|"
    r"lukket|stängd|utløpt|udløbet)|har (?:utgått|gått ut|stängts))",
    r"ya no (?:recibe|acepta)n? (?:más )?(?:postulaciones|candidaturas|solicitudes)"
    r"(?! (?:por|de|a través))|n['’]accept(?:e|ons) plus (?:de |les )?candidatures(?! (?:par|de))|"
    r"(?:nimmt|nehmen) keine (?:weiteren )?bewerbungen mehr (?:an|entgegen)(?! (?:per|von))|"
    r"non accett(?:a|iamo) più candidature(?! (?:via|da))|"
    r"não (?:está|estamos) mais (?:aceitando|recebendo) candidaturas(?! (?:por|de))|"
    r"inscrições encerradas|candidatures (?:sont )?(?:closes|clôturées)$|postulaciones cerradas|"
    r"nie przyjmujemy już (?:zgłoszeń|aplikacji)|(?:tar|tager|tar vi) (?:inte längre|ikke lenger|"
    r"ikke længere) (?:emot|imot|imod) (?:ansökningar|søknader|ansøgninger)",
    r"ansökningstiden (?:har gått ut|är slut)|ansökan (?:är )?stängd$|rekryteringen är avslutad|"
    r"(?:ansøgnings)?fristen er (?:udløbet|gået|overskredet)|søknadsfristen er utløpt|"
    r"(?:bewerbungs(?:frist|schluss)|anzeige) (?:ist )?(?:abgelaufen|vorbei|beendet)",
    r"(?:pozice|nabídka|inzerát|místo|ponuka)\b[^.!?]{0,40}?(?:(?:již|už) ne\w+|"
    r"(?:byl[ao]?|bolo?|je) (?:již |už )?(?:obsazen|ukončen|uzavřen|obsaden|uzavret)\w*)",
    r"(?:työpaikka|haku|ilmoitus)\b[^.!?]{0,40}?(?:ei ole enää|on (?:jo )?(?:päättynyt|täytetty|"
    r"sulkeutunut))|hakuaika on (?:jo )?päättynyt",
    r"(?:állás\w*|pozíció\w*|hirdetés\w*)\b[^.!?]{0,40}?(?:már nem \w+|lejárt|betölt\w+|lezár\w+)|"
    r"jelentkezési határid\w+ lejárt",
    r"(?:anunț\w*|post\w*|job\w*|ofert\w*|poziți\w*)\b[^.!?]{0,40}?(?:nu mai (?:este|e) \w+|a "
    r"expirat|"
    r"a fost (?:ocupat|închis|dezactivat)\w*)",
    r"(?:θέση|αγγελία)\b[^.!?]{0,40}?(?:δεν είναι πλέον|έχει (?:καλυφθεί|λήξει|κλείσει)|έληξε|"
    r"καλύφθηκε)|η προθεσμία\b[^.!?]{0,30}?έληξε",
    r"(?:ilan\w*|pozisyon\w*|başvuru\w*)\b[^.!?]{0,40}?(?:sona er\w+|kapan\w+|kapatıl\w+|dolmuştur|"
    r"yayından kaldırıl\w+|süresi dol\w+)",
    r"(?:вакансі\w+|вакансия|оголошення|объявление|обявата|позиці\w+)\b[^.!?]{0,40}?(?:закрит\w*|"
    r"закрыт\w*|неактуальн\w+|больше не \w+|більше не \w+|в архив\w*|заповнен\w*|изтекл\w+)",
    r"(?:oglas|natječaj|konkurs|razpis)\b[^.!?]{0,40}?(?:istek\w+|zatvoren\w*|završen\w*|"
    r"zaključen\w*)",
    r"(?:tin tuyển dụng|vị trí|việc làm)\b[^.!?]{0,40}?đã (?:hết hạn|đóng|tuyển đủ|ngừng)",
    r"(?:lowongan|posisi)\b[^.!?]{0,40}?(?:(?:telah|sudah) (?:di)?(?:tutup|berakhir|terisi|"
    r"kedaluwarsa|kadaluarsa)|tidak lagi \w+)",
    r"(?:ال)?(?:وظيفة|إعلان|تقديم)\b[^.!?]{0,40}?(?:مغلق\w*|انته\w+|لم تعد|منته\w+|تم (?:إغلاق|"
    r"شغل)\w*)",
    r"ה?משרה\b[^.!?]{0,30}?(?:אוישה|נסגרה|לא רלוונטית|אינה (?:פעילה|זמינה|רלוונטית)|כבר לא)",
    r"(?:stelle|position) (?:bereits )?(?:besetzt|vergeben)$|bewerbungsphase beendet$|"
    r"(?:offre|annonce|poste) (?:expirée|pourvue?|clôturée|fermée)$|"
    r"(?:oferta|vacante|convocatoria) (?:caducada|cerrada|cubierta|finalizada)$|"
    r"proceso de selección (?:finalizado|cerrado)$|"
    r"(?:offerta|annuncio|selezione|candidature) (?:scadut|chius|conclus)[oae]$|"
    r"(?:vacature|inschrijving) (?:gesloten|vervuld|verlopen)$|oferta archiwalna$|"
    r"výběrové řízení (?:bylo )?ukončeno|anunț expirat$|"
    r"(?:прийом (?:резюме|заявок)|набір) (?:завершено|закрито)",
)
"""Patterns of notices in other languages. Each is tried only at the beginning of a word."""
_WITHOUT_SPACES = (
    r"(?:募集|掲載|受付|応募|求人)(?:期間|受付)?(?:は|を|が)?(?:終了|締め切)|"
    r"(?:职位|岗位|招聘|職缺|职缺|職位)(?:现|目前|現)?已(?:经|經)?(?:关闭|下线|过期|结束|停止|"
    r"招满|截止|關閉|結束|額滿)|"
    r"(?:채용|공고|모집|접수|지원)[이가은는]? ?(?:기간이 )?(?:마감|종료)(?:되었|됐|된|했)|"
    r"마감된 (?:공고|채용)|انته\w+ (?:فترة )?التقديم"
)
_NOTICE = compile_bounded(
    # The conditions on the beginning stand before all phrases, for speed. At a place where no
    # phrase can begin, they are tested once, and not once for each phrase.
    rf"(?:^|\b(?=\w)|(?=[.!?:;,(–—]))(?:{'|'.join(_PHRASES)}|\b(?:{'|'.join(_OTHER_PHRASES)}))|"
    rf"(?=[^\x00-\x7f])(?:{_WITHOUT_SPACES})",
    re.IGNORECASE | re.MULTILINE,
)
_NOTICE_WORD_STARTS = frozenset(
    [
        "longe",
        "close",
        "fille",
        "expir",
        "remov",
        "taken",
        "withd",
        "delet",
        "unpub",
        "archi",
        "deact",
        "cance",
        "gone",
        "found",
        "exist",
        "ended",
        "passe",
        "over",
        "exp",
        "mehr",
        "beset",
        "verge",
        "slut",
        "avslu",
        "gået",
        "overs",
        "завер",
        "zakoń",
        "zamkn",
        "rozst",
        "coper",
        "asseg",
        "concl",
        "fecha",
        "gesch",
        "deakt",
        "abgel",
        "vorbe",
        "beend",
        "plus",
        "pourv",
        "clôtu",
        "fermé",
        "cerra",
        "cubie",
        "elimi",
        "caduc",
        "final",
        "recib",
        "acept",
        "aceit",
        "receb",
        "już",
        "dispo",
        "chius",
        "scadu",
        "più",
        "meer",
        "lange",
        "geslo",
        "vervu",
        "verlo",
        "ingev",
        "encer",
        "preen",
        "nieak",
        "wygas",
        "jest",
        "längr",
        "tills",
        "utgåt",
        "gått",
        "længe",
        "lenge",
        "besat",
        "lukke",
        "stäng",
        "utløp",
        "udløb",
        "enää",
        "päätt",
        "täyte",
        "sulke",
        "již",
        "už",
        "obsaz",
        "ukonč",
        "uzavř",
        "obsad",
        "uzavr",
        "nem",
        "lejár",
        "betöl",
        "lezár",
        "ocupa",
        "închi",
        "mai",
        "πλέον",
        "καλυφ",
        "καλύφ",
        "λήξει",
        "έληξε",
        "κλείσ",
        "sona",
        "kapan",
        "kapat",
        "doldu",
        "dolmu",
        "yayın",
        "süres",
        "закри",
        "закры",
        "неакт",
        "больш",
        "більш",
        "архив",
        "запов",
        "запол",
        "изтек",
        "istek",
        "zatvo",
        "završ",
        "zaklj",
        "hết",
        "đóng",
        "đủ",
        "ngừng",
        "ditut",
        "tutup",
        "berak",
        "teris",
        "kedal",
        "kadal",
        "lagi",
        "אוישה",
        "נסגרה",
        "רלוונ",
        "אינה",
        "כבר",
    ]
)
"""The beginnings of words by which a text is recognised that may contain a notice.

Each notice contains a word whose first five letters are in this set, or one of ``_PARTS``. An entry
of fewer than five letters is a whole word. All entries are in lower case.

A text without such a word or part is not searched for notices. This saves time, because searching
for the words takes a tenth of the time of searching for notices.
"""
_PARTS = ("終了", "締め切", "已", "마감", "종료", "مغلق", "انته", "لم تعد", "منته", "تم ")
"""Texts that replace ``_NOTICE_WORD_STARTS`` in languages in which words are not separate.

These languages are written without spaces, or join words to other words. Each notice in them
contains at least one of these texts.
"""
_WORD = re.compile(r"\w{2,}")
_CONDITION = re.compile(
    r"\b(?:if|once|until|when|unless|before|after|while|how|why|falls|sobald|wenn|bis|si|lorsque|"
    r"jusqu['’]à|als|zodra|tot|cuando|hasta|quando|se|om|när|tills|hvis|når|jeśli|gdy|whose|"
    r"another|"
    r"other|deren|dessen|dont|cuy[oa]|andere|autre|otr[oa]|altr[oa]|outr[oa])\b[^.!?\n]*$",
    re.IGNORECASE,
)
"""A pattern of words before a phrase that make it a condition, so that it is no notice.

An example is "If the position has been filled, …". The pattern also has words which show that the
phrase is about another job ("another", "other").
"""
_NOT_THIS = re.compile(
    r"\b(?:your|our|no|every|some|fake|previous|last|ihre?|deine?|unsere?|eine?|votre|"
    r"notre|nos|"
    r"nuestr[oa]|tu|su|tuo|vostr[oa]|nostr[oa]|uw|jouw|onze|sua|nossa|twoj[ae]|din|vår)\s+"
    r"(?:[\w-]{1,30}\s+)?$",
    re.IGNORECASE,
)
"""A pattern of words directly before a phrase which show that it is not about this posting."""
_STILL_OPEN = re.compile(
    r"\b(?:still|remains?|this one is|re-?) ?open|\bopen again\b|noch offen|toujours ouvert|"
    r"sigue abiert|ancora apert|nog open|ainda abert",
    re.IGNORECASE,
)
_WITHOUT_JOB = re.compile(
    rf"(?:^|[.!?:;,] |\b(?:this page|this link|it|we|they) (?:is |are )?|\b(?:we|it)['’](?:re|s) )"
    rf"(?:{_NO_LONGER}|not accepting (?:new )?applications"
    r"(?! (?:by|via|through|from|for (?!this ))))|(?=[any])(?:nicht mehr verfügbar|"
    r"ya no está disponible|n['’]est plus disponible|"
    r"non è più disponibile|niet (?:langer|meer) beschikbaar)",
    re.IGNORECASE,
)
"""A pattern of phrases that are notices in a heading or a banner, even if they name no job."""
_NOT_FOUND = re.compile(
    r"^(?:error:? )?404\b|\bpage (?:was |could )?not (?:be )?found|seite (?:wurde )?nicht gefunden|"
    r"page introuvable|página no encontrada|pagina non trovata|pagina niet gevonden",
    re.IGNORECASE,
)
_ERROR_PAGE = "/errorpage"
"""The end of the path to which SuccessFactors redirects from a job that is no longer offered.

The path is checked, because the page at this path does not itself say that.
"""
_HEADINGS = "title, h1, h2"
_BANNERS = (
    "[role]:is([role=alert], [role=status]), "
    "[class]:is([class*=alert], [class*=notice], [class*=banner], [class*=message], "
    "[class*=expired], [class*=closed], [class*=error], [class*=unavailable])"
)
"""A CSS selector for banners, which may contain a notice.

``[role]`` and ``[class]`` stand before the conditions on these attributes, because they are fast to
test, and most elements have no role and many have no class.
"""
_MAX_NOTICE_LENGTH = 300
_MAX_NOTICES = 2_000
"""The maximum number of headings and banners that are read."""
_MAX_TEXT_LENGTH = 1_000_000
"""The maximum total length, in characters, of the headings and banners that are read.

A text inside of several of these elements counts once for each of them.
"""
_MAX_TOP_LINES = 12
_MAX_TOP_LENGTH = 160
_MAX_LEAD_LENGTH = 30
"""The maximum length, in characters, of a text before a notice at the top: ``Please note:``."""
_CHARACTERS_BEFORE = 200
"""The number of characters before a phrase that are searched for words such as "if" or "your"."""
_MAX_SHORT_PAGE_LENGTH = 800
"""The maximum length, in characters, of the main text of a page that counts as short."""
_OTHER_PARTS = frozenset({"aside", "nav", "footer", "template", "noscript"})
_HIDDEN_CLASS = re.compile(r"(?:^|[\s_-])(?:hidden|d-none|hide|invisible|sr-only)(?:$|[\s_-])")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def check_open(document: Document) -> None:
    """Raise PageGone if the title, a heading or a banner of the page contains a notice.

    The error quotes the notice. Raise PageGone, too, if the URL is that of the error page of
    SuccessFactors.
    """
    if urlsplit(document.url).path.rstrip("/").endswith(_ERROR_PAGE):
        raise PageGone(f"the job's page redirects to the error page {document.url}")
    left = _MAX_TEXT_LENGTH
    for node in document.tree.css(f"{_HEADINGS}, {_BANNERS}")[:_MAX_NOTICES]:
        if left < 0:
            break
        text = one_line(node.text(separator=" "))
        left -= len(text)
        if len(text) <= _MAX_NOTICE_LENGTH and _says_job_is_over(text) and _is_shown(node):
            raise PageGone(text)


def check_top(document: Document) -> None:
    """Raise PageGone if a line at the top of the page is a notice.

    Call this before ``document.main`` is read, because reading it removes elements from the page.
    """
    top = [line for line in document.page_lines[:_MAX_TOP_LINES] if len(line) <= _MAX_TOP_LENGTH]
    for line in top:
        if _match_in(line, _MAX_LEAD_LENGTH) and line not in document.aside_text:
            raise PageGone(line)


def check_short(document: Document, main_text: str) -> None:
    """Check a page without structured data for a notice, and for a statement that it was not found.

    Raises:
        PageGone: the page is short, and its text contains a notice.
        ParseError: the code is ``soft_404`` if the title or heading says that the page was not
            found.
    """
    if len(main_text) <= _MAX_SHORT_PAGE_LENGTH and (notice := _notice_in(main_text)):
        raise PageGone(notice)
    for heading in (document.text("title"), document.text("h1")):
        if heading and _NOT_FOUND.search(heading):
            raise ParseError(f"the page says: {heading}", code=FailureCode.SOFT_404)


@lru_cache(maxsize=1_000)
def _says_job_is_over(text: str) -> bool:
    """Return whether the text of a heading or a banner contains a notice.

    The results are cached, because most headings and banners are the same on all pages of a site.
    """
    return bool(_notice_in(text) or _WITHOUT_JOB.search(text))


def _notice_in(text: str) -> str | None:
    match = _match_in(text)
    return match[0] if match else None


def _match_in(text: str, last: int | None = None) -> re.Match[str] | None:
    """Return the first notice in ``text``; None if there is none.

    If ``last`` is not None, the notice must begin at the position ``last`` or before.
    """
    if not _may_be_over(text):
        return None
    for match in _NOTICE.finditer(text) if last is None else _matches_until(text, last):
        before = text[max(0, match.start() - _CHARACTERS_BEFORE) : match.start()]
        if not (_CONDITION.search(before) or _NOT_THIS.search(before) or _STILL_OPEN.search(text)):
            return match
    return None


def _matches_until(text: str, last: int) -> Iterator[re.Match[str]]:
    """Yield the phrases that begin at the position ``last`` or before.

    The rest of the text is not searched.
    """
    at = 0
    while at <= last:
        if match := _NOTICE.match(text, at):
            yield match
        at = max(at + 1, match.end() if match else 0)


def _may_be_over(text: str) -> bool:
    """Return whether the text can contain a notice.

    It can if it contains a word of ``_NOTICE_WORD_STARTS`` or one of ``_PARTS``.
    """
    folded = text.casefold()
    if any(word[:5] in _NOTICE_WORD_STARTS for word in _WORD.findall(folded)):
        return True
    return not text.isascii() and any(part in folded for part in _PARTS)


def _is_shown(node: LexborNode) -> bool:
    """Return whether the element is visible, and not inside a part that may be about other jobs."""
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
