"""Remove the parts of a page that do not belong to the posting.

They are navigation, consent boxes, forms and other postings.

Tags such as ``nav`` mark only few of these parts. Therefore they are also recognised by the names
of their elements, by their headings, and by their content. A part that consists of links is
navigation or a list of other postings. An element that contains the title as a heading always stays
(ADR 43).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from itertools import chain, dropwhile, islice

from selectolax.lexbor import LexborNode

from include.core.formats.text import one_line
from include.extract.labels import field_of_label
from include.extract.named import fields_of_names
from include.extract.node_text import text_of
from include.extract.title import CONSENT_WORDS, HEADINGS

ELEMENTS_WITHOUT_TEXT = "script, style, noscript, template, iframe"
"""A CSS selector for the elements whose content is not text of the page, such as scripts."""
INPUTS = "select, input, textarea"
"""A CSS selector for the input elements of forms.

Call ``remove_forms`` before these elements are removed, because it recognises forms by some of
them.
"""
ASIDES = (
    "aside, [role=complementary], div[class*=sidebar], div[id*=sidebar], section[class*=sidebar], "
    "[data-automation-id=sidebar], [data-testid=sidebar], div[class*=widget-area], "
    "div#side, div#right, div#left, div#secondary"
)
"""A CSS selector for the elements beside the description, which may state facts of the posting."""
_FRAME_ELEMENTS = (
    "nav, header, footer, [hidden], [aria-hidden=true]:not(svg):not(i):not(span), "
    "[role]:is([role=navigation], [role=banner], [role=contentinfo], [role=alert], [role=dialog], "
    "[role=alertdialog], [role=search]), "
    "[style]:is([style*='display:none'], [style*='display: none']), "
    "[aria-label]:is([aria-label*=cookie i], [aria-label*=consent i])"
)
"""A CSS selector for the parts around the posting that are marked by their tag or attributes.

Their texts may change with every response.

``[role]``, ``[style]`` and ``[aria-label]`` stand before the conditions on these attributes,
because they are fast to test and most elements have none of them.
"""
_NAMED_ELEMENTS = "[class]:is(div, section, ul, ol, p, a), [id]:is(div, section)"
_NAME_PARTS = re.compile(r"[a-z]+")
_CAMEL_CASE_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOISE_NAMES = frozenset({
    "breadcrumb", "breadcrumbs", "crumbs", "share", "sharing", "social", "newsletter",
    "subscribe", "footer", "navbar", "nav", "menu", "topbar", "toolbar", "related", "similar",
    "feedback", "copyright", "pager", "announcement", "topicpath", "cerez", "suti", "skip",
    "preloader", "mailing", "signup", "totop", "backtop", "scrolltop", "backtotop", "others",
    "recommend", "recommended", "recommendations", "recommendation", "recent", "reviews",
    "testimonials", "foot", "gnb", "jobalert", "jobalerts", "jobagent",
})  # fmt: skip
"""Words in the classes or ids of elements which show that an element is not part of the posting."""
_NAME_OF_FOOTER = re.compile("footer[a-z]{4,}|[a-z]{3,}footer")
"""A pattern of longer words for a footer: ``footerpanel``, ``sitefooter``."""
_CONSENT_STEMS = (
    "cookie", "kakor", "evästei", "informasjonskapsl", "ciasteczk", "çerez", "süti", "kolačić",
    "kuki", "クッキー", "쿠키", "עוגיות", "ملفات تعريف الارتباط",
)  # fmt: skip
_CONSENT = re.compile("|".join(_CONSENT_STEMS), re.IGNORECASE)
_MAX_CONSENT_LENGTH = 600
_MIN_SENTENCE = 80
"""The minimum length, in characters, of a line that counts as a sentence.

An element before the title that contains a sentence is a part of the posting, and stays.
"""
_FORMS = "form, input[type=email], input[type=file], textarea, input[placeholder]"
_BUTTONS = (
    "button, a[class*=btn], a[class*=button], a[href^=javascript], "
    "a[href*='wa.me/'], a[href*=whatsapp]"
)
_MAX_FORM_INTRODUCTION = 120
"""The maximum length, in characters, of the heading and other text that is removed with a form."""
_MAX_LINKS = 400
_MAX_TITLES = 1_000
_SECTION_TITLES = f"{HEADINGS}, h5, h6, strong, [class*=title], [class*=heading]"
_ROOTS = frozenset({"html", "body", "main", "article"})
_LINKS = "a:not([name])"
"""A CSS selector for links, and for ``a`` elements that are controls.

An ``a`` element without an address is a control, for example to share the page. An ``a`` element
that has a name is left out, because it only marks a place in the text.
"""
_CONTACTS = ("mailto:", "tel:")
_MAX_HEADING_LENGTH = 80
_OTHER_CONTENT_HEADING = re.compile(
    # headings such as "see also", "we are also hiring", "latest news" and "open positions"
    r"^(?:see also|zobacz (?:także|też|również)|siehe auch|voir aussi|à voir aussi|ver también|"
    r"ver também|veja também|vedi anche|zie ook|bekijk ook|se också|se även|se også|læs også|"
    r"katso myös|"
    r"viz také|pozrite (?:si )?(?:tiež|aj)|lásd még|vezi și|δείτε (?:επίσης|και)|смотрите также|"
    r"дивіться також|вижте (?:още|също)|(?:bunlara da|ayrıca) bak\w*|lihat juga|xem thêm|"
    r"こちらも.*|あわせて.*|함께 보면.*|另请参阅|猜你喜欢|你可能感兴趣.*)\W*$|"
    r"also (?:hiring|recruiting|looking for)|we.re also|hledáme (?:také|i)|hľadáme aj|"
    r"szukamy (?:też|także|również)|suchen (?:auch|außerdem|ebenfalls)|(?:cherchons|recrutons|"
    r"recrute) "
    r"aussi|también buscamos|buscamos también|também (?:procuramos|contratamos)|cerchiamo anche|"
    r"zoeken ook|söker (?:också|även)|søger også|søker også|etsimme myös|haemme myös|keresünk még|"
    r"(?:căutăm|angajăm) și|шукаємо також|також шукаємо|также ищем|ищем также|търсим и|"
    r"ζητάμε επίσης|ayrıca arıyoruz|kami juga mencari|"
    r"(?:was|is) this (?:page|information|content|article) (?:useful|helpful)|did you find what|"
    r"(?:war|ist) (?:diese|die) (?:seite|information)\w* hilfreich|vous a-t-elle été utile|"
    r"(?:te ha (?:resultado|sido)|te fue|le ha sido) útil|foi útil|è stata utile|"
    r"(?:was|vond).{0,30}(?:nuttig|behulpzaam)|hjälpte (?:informationen|sidan)|"
    r"(?:var|hjalp|fant du|fandt du).{0,40}(?:nyttig|til hjelp|hjälp|hjælp|lette etter|"
    r"ledte efter)|"
    r"oliko (?:sivusta|tästä).{0,20}(?:hyötyä|apua)|löysitkö etsimäsi|"
    r"czy (?:ta )?(?:strona|informacja).{0,30}(?:pomocn|przydatn)\w+|"
    r"byl[ao] (?:tato|pro vás).{0,30}užitečn\w+|hasznos(?:nak)? (?:volt|találta)|"
    r"^(?:意见反馈|feedback|返回顶部|back to top|nach oben|ページトップ.*|맨 위로)$|"
    r"jobs (?:you (?:might|may)|nearby|near you|at this company)|(?:popular|trending|nearby|"
    r"hot) jobs|"
    r"(?:browse|see|view|explore|search|show) all (?:\w+ ){0,2}(?:jobs|vacancies|roles|openings|"
    r"positions)|^(?:all|open) (?:vacancies|roles|jobs)$|email me jobs|not ready to apply|"
    r"did(?:n.t| not) find (?:what|the right)|related (?:articles|posts|searches)|"
    r"^(?:latest|recent) (?:posts|articles|comments)$|^more from|about the author|"
    r"leave a (?:comment|reply)|upcoming events|"
    r"(?:jobs|stellen) könnten (?:dir|dich|sie|ihnen)|noch nicht das richtige|"
    r"nicht das (?:passende|"
    r"richtige)|keine passende (?:stelle|position)|^alle (?:stellen|jobs)\b|jobs per e-?mail|"
    r"job-?(?:alarm|abo|agent|bote)|auch (?:interessant|noch (?:offen|frei))|"
    r"aimerez aussi|alertes? (?:emploi|e-?mail)|créer une alerte|postes similaires|offres récentes|"
    r"derniers articles|ne trouvez pas|toutes (?:nos|les) offres|"
    r"avisos (?:similares|relacionados)|alertas? de empleo|crear? una alerta|últimas ofertas|"
    r"todas las (?:ofertas|vacantes)|búsquedas relacionadas|também pode (?:gostar|interessar)|"
    r"crie um alerta|receba vagas|talvez (?:você )?goste|lavori simili|altr[ei] (?:annunci|"
    r"opportunità|lavori)|ultime offerte|crea una? alert|annunci correlati|gerelateerde vacatures|"
    r"bekijk alle|ook interessant|niet gevonden wat|relater(?:ade|ede|te) jobb?|bevaka (?:jobb|"
    r"tjänster)|visa alla (?:jobb|tjänster)|kanske också gillar|jobagent|"
    r"se alle (?:ledige )?(?:stillinger|job)|kaikki avoimet|työpaikkavahti|zobacz więcej ofert|"
    r"może (?:cię|ci) (?:zainteresować|się spodobać)|powiadomieni\w+ o ofertach|"
    r"mohlo by (?:vás|tě|ťa) (?:zajímat|zaujímať)|hlídací pes|^álláshirdetések$|is érdekelhet|"
    r"alte anunțuri|anunțuri similare|te-ar putea interesa|μπορεί να σας ενδιαφέρουν|"
    r"ilginizi çekebilir|може бути цікаво|может быть интересно|вакансі[їи] компані|"
    r"podobna delovna mesta|sarnased tööpakkumised|(?:līdzīgas|citas) vakances|"
    r"(?:panašūs|kiti) (?:darbo )?skelbimai|似ている求人|新着求人|人気の記事|関連記事|이런 (?:공고|"
    r"포지션)|(?:热门|最新)(?:职位|岗位)|(?:熱門|最新)職缺|أحدث الوظائف|قد يعجبك|אולי יעניין|"
    r"tin (?:tuyển dụng khác|liên quan)|bài viết liên quan|có thể bạn quan tâm|berita terbaru|"
    r"ตำแหน่งงานอื่น|งานที่เกี่ยวข้อง|"
    r"^(?:quick ?links|recently viewed.{0,20}|zuletzt angesehen.{0,20}|dernières offres consultées|"
    r"vistos recientemente|新着情報|ニュース|최근 본 공고|最近浏览.{0,6}|opening (?:hours|times)|"
    r"öffnungszeiten|horaires d.ouverture|horarios?(?: de atención)|orari di apertura|"
    r"openingstijden|öppettider|åbningstider|åpningstider|aukioloajat|godziny otwarcia|"
    r"otevírací doba|nyitvatartás|program de lucru cu publicul|çalışma saatlerimiz)$|"
    r"(?:what|hear what) our (?:customers|clients|guests|patients|candidates|applicants) (?:say|"
    r"think)|customer (?:reviews|testimonials)|(?:das|was) (?:sagen )?unsere (?:kunden|gäste|"
    r"patienten)\b.{0,15}|bewertungen (?:unserer?|von|der) \w+|(?:avis|témoignages) "
    r"(?:de nos |des )?(?:clients|candidats|patients)|(?:opiniones|reseñas) de (?:nuestros )?\w+|"
    r"cosa dicono i nostri \w+|recensioni dei \w+|wat onze (?:klanten|gasten) zeggen|"
    r"(?:dette|det|så) (?:sier|siger|säger) (?:våre |vores |våra )?(?:kunde|gjest|gæst|gäst)\w*|"
    r"opinie (?:naszych )?(?:klientów|gości|kandydatów)|co o nas (?:mówią|říkají)|"
    r"τι λένε οι (?:πελάτες|επισκέπτες)|müşterilerimiz ne diyor|відгуки (?:клієнтів|покупців)|"
    r"отзывы (?:клиентов|покупателей)|お客様の声|고객 후기|客户评价|"
    r"find (?:a|your nearest|your local) (?:store|branch|shop|clinic)|store (?:finder|locator)|"
    r"filialfinder|trova il negozio|trouve[rz] (?:un|votre) magasin|encuentra tu tienda|"
    r"(?:people|candidates|applicants|others|jobseekers) (?:who viewed .{0,30} )?also (?:viewed|"
    r"applied)|ont (?:aussi|également) (?:consulté|vu|postulé)|también (?:vieron|postularon)|"
    r"também (?:viram|se candidataram)|함께 본|지원자 (?:통계|현황)|看过该职位|看了(?:又看|还看)|"
    r"還看了|を見た人|最近チェックした|"
    r"newsletter|mailing list|job ?alert|talent (?:network|community|pool)|人材バンク|인재풀|"
    r"also hiring|right fit\?|(?:open|åpen) (?:application|søknad)|speculative application|"
    r"initiativbewerbung|"
    r"candidature spontanée|candidatura (?:espontánea|spontanea|espontânea)|"
    r"spontanansök|open sollicitatie|uopfordret|avoin hakemus|latest (?:news|insights)|"
    r"ultime notizie|neueste nachrichten|dernières actualités|últimas noticias|laatste nieuws|"
    r"senaste nytt|son haberler|τελευταία νέα|tin tức|お知らせ|"
    r"^(?:posizioni aperte|open positions|offene stellen|(?:current )?vacancies|vacatures|"
    r"stellenangebote|offres d.emploi|ofertas de empleo|vagas abertas|wolne stanowiska|"
    r"volná místa|lediga jobb|ledige stillinger|avoimet työpaikat|nyitott pozíciók|joburi|"
    r"açık pozisyonlar|вакансії|вакансии|θέσεις εργασίας)$|"
    # English, German, French, Spanish, Portuguese, Italian, Dutch
    r"(?:similar|related|other|more|further|recommended|latest|recent|featured|current)\b.{0,30}"
    r"\b(?:jobs?|positions|vacanc(?:y|ies)|openings|roles|opportunities|careers)\b|"
    r"you (?:may|might) also|"
    r"(?:weitere|ähnliche|andere|aktuelle|passende|mehr|neueste)\b.{0,30}"
    r"(?:stellen|jobs|angebote|positionen|vakanzen)|auch interessieren|"
    r"(?:autres|nos|d.autres)\b.{0,20}\b(?:offres|postes|annonces)|offres (?:similaires|liées)|"
    r"vous intéresser|(?:otras|más|otros)\b.{0,20}\b(?:ofertas|vacantes|empleos|puestos)|"
    r"(?:ofertas|empleos|vacantes|puestos) (?:similares|relacionad[ao]s)|te puede interesar|"
    r"(?:outras|mais|outros)\b.{0,20}\b(?:vagas|ofertas|oportunidades)|"
    r"vagas (?:semelhantes|relacionadas)|(?:altre|ulteriori)\b.{0,20}\b(?:posizioni|offerte|"
    r"ricerche)"
    r"|(?:posizioni|offerte) simili|potrebbe(?:ro)? interessar|"
    r"(?:andere|meer|vergelijkbare|overige)\b.{0,20}\b(?:vacatures|functies)|iets voor jou|"
    # Polish, Czech, Slovak, Ukrainian, Russian, Bulgarian, Croatian, Romanian, Hungarian
    r"(?:inne|podobne|pozostałe|zobacz)\b.{0,20}\b(?:oferty|ogłoszenia|stanowiska)|"
    r"(?:další|podobné|jiné|ďalšie|iné)\b.{0,20}\b(?:místa|pozice|nabídky|miesta|pozície|ponuky)|"
    r"(?:інші|схожі|подібні|другие|похожие|други|подобни)\b.{0,20}(?:ваканс|обяв|позици)|"
    r"(?:drugi|slični|ostali|druga)\b.{0,20}(?:oglasi|poslovi|mjesta)|"
    r"(?:alte|joburi|posturi|locuri)\b.{0,20}(?:joburi|posturi|oferte|similare|recente|"
    r"disponibile)|"
    r"(?:hasonló|további|egyéb)\b.{0,20}(?:állás|pozíci|lehetőség)|"
    # Swedish, Danish, Norwegian, Finnish, Greek, Turkish
    r"(?:fler|liknande|andra)\b.{0,20}(?:jobb|tjänster)|"
    r"(?:lignende|andre|flere)\b.{0,20}(?:stillinger|jobb?)\b|"
    r"(?:muita|muut|lisää|samankaltaisia|samankaltaiset|vastaavia|vastaavat)\b.{0,20}(?:paikkoja|"
    r"paikat|tehtäviä|tehtävät|ilmoituksia|ilmoitukset)|voisi kiinnostaa|"
    r"(?:παρόμοι|άλλες|σχετικ|περισσότερες)\w*.{0,20}(?:θέσεις|αγγελίες)|"
    r"(?:benzer|diğer)\b.{0,20}(?:ilan|pozisyon|iş)|"
    # Asian languages, Arabic, Hebrew
    r"(?:他の|関連|おすすめ|類似|その他).{0,12}(?:求人|募集|職種|仕事)|"
    r"(?:다른|비슷한|유사|관련|추천).{0,12}(?:채용|공고|포지션|직무)|"
    r"(?:相关|相似|类似|其他|更多|推荐|相關|類似|推薦).{0,8}(?:职位|岗位|職缺|职缺|工作|招聘|職位)|"
    r"وظائف.{0,12}(?:مشابهة|أخرى|ذات صلة)|משרות.{0,12}(?:דומות|נוספות)|"
    r"(?:việc làm|vị trí).{0,20}(?:tương tự|liên quan|khác)|"
    r"lowongan.{0,20}(?:lain|serupa|terkait)",
    re.IGNORECASE,
)
"""A pattern of the headings of parts that do not belong to the posting, such as "similar jobs"."""


_WIDGETS = re.compile(
    r"share(?: this (?:job|page|vacancy|post))?|follow us|stay connected|categories|tags|archives|"
    r"comments|search jobs|job search|news|teilen|(?:job|stelle|stellenanzeige|seite) teilen|"
    r"folge[n]? (?:uns|sie uns)|aktuelles|aktuelle meldungen|veranstaltungen|kommentare|kategorien|"
    r"partager(?: cette (?:offre|page))?|suivez-nous|actualités|commentaires|catégories|"
    r"compart(?:e|ir)(?: (?:esta )?(?:oferta|vacante|vaga))?|síguenos|noticias|categorías|"
    r"partilhar|"
    r"compartilh(?:e|ar)(?: (?:esta )?vaga)?|siga-nos|notícias|condividi|seguici|notizie|"
    r"deel(?: deze vacature)?|volg ons|nieuws|dela(?: annonsen| jobbet)?|följ oss|nyheter|"
    r"prenumerera|del (?:jobbet|stillingen|annoncen)|følg os[s]?|nyheder|jaa(?: ilmoitus)?|"
    r"seuraa meitä|ajankohtaista|uutiset|udostępnij|obserwuj nas|aktualności|sdílet|sledujte nás|"
    r"aktuality|novinky|zdieľať|megosztás|kövess minket|hírek|distribuie|urmărește-ne|știri|"
    r"κοινοποίηση|ακολουθήστε μας|νέα|paylaş|bizi takip edin|haberler|поділитися|новини|поделиться|"
    r"новости|сподели|podijeli|novosti|シェア(?:する)?|最新情報|공유(?:하기)?|分享|شارك|تابعنا|שתף|"
    r"חדשות|chia sẻ|bagikan|ikuti kami|แชร์",
    re.IGNORECASE,
)
"""A pattern of the headings of small boxes, for example for sharing, news or comments."""
_MAX_WIDGET_LENGTH = 500


def remove_noise(body: LexborNode, title: str | None, keep: Set[int]) -> None:
    """Remove the elements that are not part of the posting from ``body``, in place.

    Args:
        body: the body of the page.
        title: the title of the posting; None if it is unknown.
        keep: the ``mem_id`` of each element around the title.
    """
    half = len(body.text()) // 2
    # A ``header`` inside the main element stays, because it contains the title and facts of the
    # posting.
    inner = {node.mem_id for node in body.css("main header, article header, [role=main] header")}
    around = [node for node in body.css(_FRAME_ELEMENTS) if node.mem_id not in inner]
    remove_all(chain(around, _after_footer(body)), keep)
    named = (
        node
        for node in body.css(_NAMED_ELEMENTS)
        if _is_noise(node.attrs.get("class"), node.attributes.get("id"))
        and len(node.text()) <= half
    )
    remove_all(named, keep)
    remove_all(_sections_about_others(body, title, keep), keep)
    remove_all(_links(body, keep), keep)


def _after_footer(body: LexborNode) -> list[LexborNode]:
    """Return the first footer among the children of the body, and all children after it.

    The selector ``body > footer ~ *`` is not used, because it takes quadratic time for a body with
    many children.
    """
    return list(dropwhile(lambda node: node.tag != "footer", body.iter()))


def remove_forms(body: LexborNode, keep: Set[int]) -> None:
    """Remove forms and their headings, boxes that ask for consent, and buttons, in place.

    Args:
        body: the body of the page.
        keep: the ``mem_id`` of each element that stays.
    """
    text = body.text()
    half = len(text) // 2
    forms = (node for node in body.css(_FORMS) if len(node.text()) <= half)
    remove_all([_box_around(form, keep) for form in islice(forms, _MAX_TITLES)], keep)
    folded = text.casefold()
    if any(map(folded.__contains__, _CONSENT_STEMS)):
        remove_all(filter(_asks_for_consent, body.css("div, section, p")), keep)
    remove_all(body.css(_BUTTONS), keep)


def _box_around(form: LexborNode, keep: Set[int]) -> LexborNode:
    """Return the largest element around the form that contains little text besides the form."""
    box = form
    length = len(form.text()) + _MAX_FORM_INTRODUCTION
    while (
        (parent := box.parent) is not None
        and parent.mem_id not in keep
        and parent.tag not in _ROOTS
        and len(parent.text()) <= length
        and parent.css_first("dl, table:not(form table)") is None
    ):
        box = parent
    return box


def _asks_for_consent(node: LexborNode) -> bool:
    text = node.text()
    return (
        len(text) <= _MAX_CONSENT_LENGTH
        and _CONSENT.search(text) is not None
        and node.css_first("a, button") is not None
    )


def before_title(main: LexborNode, title: str | None) -> Iterator[LexborNode]:
    """Yield the nodes before the title that contain no sentence, such as links to other pages."""
    heading = next((each for each in main.css(HEADINGS) if text_of(each) == title), None)
    while heading is not None and heading.mem_id != main.mem_id:
        before = heading.prev
        while before is not None:
            if not _holds_sentence(before):
                yield before
            before = before.prev
        heading = heading.parent


def _holds_sentence(node: LexborNode) -> bool:
    lines = node.text(separator="\n", strip=True).split("\n")
    return any(len(line) >= _MIN_SENTENCE for line in lines)


def remove_all(nodes: Iterable[LexborNode], keep: Set[int] = frozenset()) -> None:
    """Remove the elements, except those whose ``mem_id`` is in ``keep``."""
    chosen_nodes = {node.mem_id: node for node in nodes if node.mem_id not in keep}
    # Only the outermost of the chosen elements are removed, because removing an element also frees
    # the elements inside of it.
    for node in [node for node in chosen_nodes.values() if not _is_inside(node, chosen_nodes)]:
        node.decompose()


def _is_inside(node: LexborNode, chosen_nodes: Mapping[int, LexborNode]) -> bool:
    around = node.parent
    while around is not None and around.mem_id not in chosen_nodes:
        around = around.parent
    return around is not None


@lru_cache(maxsize=10_000)
def _is_noise(classes: str | None, identity: str | None) -> bool:
    """Return whether an element's classes and id show that it is not part of the posting."""
    names = f"{classes or ''} {identity or ''}"
    words = _NAME_PARTS.findall(_CAMEL_CASE_BREAK.sub(" ", names).lower())
    return (
        not _NOISE_NAMES.isdisjoint(words)
        or any(map(_NAME_OF_FOOTER.fullmatch, words))
        or CONSENT_WORDS.search(names) is not None
    )


def _sections_about_others(
    body: LexborNode, title: str | None, keep: Set[int]
) -> Iterator[LexborNode]:
    """Yield the parts of the page whose headings show that they are not about the posting.

    They contain for example other postings, news or forms.
    """
    for heading in body.css(_SECTION_TITLES)[:_MAX_TITLES]:
        text = one_line(heading.text())
        if len(text) > _MAX_HEADING_LENGTH or text == title:
            continue
        if _is_about_others(text):
            yield from _section(heading, keep)
        elif _is_widget(text):
            box = next(_section(heading, keep))
            if box.mem_id != heading.mem_id and len(box.text()) <= _MAX_WIDGET_LENGTH:
                yield box


@lru_cache(maxsize=10_000)
def _is_about_others(heading: str) -> bool:
    return _OTHER_CONTENT_HEADING.search(heading) is not None


@lru_cache(maxsize=10_000)
def _is_widget(heading: str) -> bool:
    return _WIDGETS.fullmatch(heading.rstrip(" :!…")) is not None


def _section(heading: LexborNode, keep: Set[int]) -> Iterator[LexborNode]:
    """Yield the part of the page to which a heading belongs.

    The part is the largest element that begins with the heading. If no element around the heading
    begins with it, the part is the heading and the nodes after it, up to the next heading that has
    the same tag.
    """
    begin = heading.text().strip()[:40]
    part = heading
    while (
        (parent := part.parent) is not None
        and parent.mem_id not in keep
        and parent.tag not in _ROOTS
        and parent.text()[:1_000].lstrip().startswith(begin)
    ):
        part = parent
    yield part
    next_node = part.next if part.mem_id == heading.mem_id else None
    while next_node is not None and next_node.tag != heading.tag and next_node.mem_id not in keep:
        yield next_node
        next_node = next_node.next


def _links(body: LexborNode, keep: Set[int]) -> Iterator[LexborNode]:
    """Yield the blocks that consist mostly of links."""
    for link in body.css(_LINKS)[:_MAX_LINKS]:
        if (block := _dense_block(link, keep)) is not None:
            yield block


def _dense_block(link: LexborNode, keep: Set[int]) -> LexborNode | None:
    """Return the largest block around the link in which at least half of the text is in links.

    If the block contains a label of a fact, at least two thirds of its text must be in links.
    Return None if there is no such block. Return None, too, if the link is a contact (an email
    address or a phone number) or the value of a fact.
    """
    if (link.attrs.get("href") or "").startswith(_CONTACTS) or _is_fact(link):
        return None
    densest: LexborNode | None = None
    around: LexborNode | None = link.parent
    while around is not None and around.mem_id not in keep and around.tag not in _ROOTS:
        linked_length = sum(len(each.text()) for each in around.css(_LINKS))
        length = len(around.text())
        if 2 * linked_length < length or (3 * linked_length < 2 * length and _holds_label(around)):
            break
        densest = around
        around = around.parent
    return densest


def _holds_label(block: LexborNode) -> bool:
    """Return whether a text node in the block is a known label that ends with a colon."""
    texts = block.text(separator="\n", strip=True).split("\n")
    return any(text.endswith((":", "：")) and field_of_label(text) for text in texts)


def _is_fact(link: LexborNode) -> bool:
    """Return whether the link is the value of a fact, which a known label or name shows.

    Examples are ``<dt>Place</dt><dd><a>Berlin</a></dd>``, ``Place: <a>Berlin</a>`` and
    ``<span class="location"><a>Berlin</a></span>``.
    """
    block = link.parent
    if block is None:
        return False
    in_cell = block.tag in ("dd", "td")
    label = block.prev if in_cell else link.prev
    while label is not None and label.tag == "-text" and not label.text().strip():
        label = label.prev
    if label is not None and field_of_label(text_of(label)):
        return in_cell or len(block.css(_LINKS)) == 1
    name = label or block
    return len(block.css(_LINKS)) == 1 and bool(fields_of_names(name.attributes.get("class")))
