"""Find the parts after the posting: lists of other postings, what follows them, and the footer.

A part is recognised by its heading, such as "Similar jobs", or by the copyright that it states.
"""

import re
from collections.abc import Iterator, Set
from functools import lru_cache

from selectolax.lexbor import LexborNode

from include.core.formats.text import one_line
from include.extract.node_text import HEADINGS, ROOTS, block_texts, largest_around

_SECTION_TITLES = (
    f"{HEADINGS}, h5, h6, strong, b:first-child, [class*=title], [class*=heading], [class*=-header]"
)
_MAX_SECTION_TITLES = 1_000
_MAX_HEADING_LENGTH = 80
_BLOCKS = frozenset({
    "div", "section", "article", "aside", "p", "ul", "ol", "small", "span", "td", "tr", "table",
    "li", "font", "center", "figure", "blockquote", "h2", "h3", "h4", "h5",
})  # fmt: skip
"""The tags of the elements after a part that are removed with it."""
_FACTS_OR_CONTACTS = "dl, table, a[href^='mailto:'], a[href^='tel:']"
_MAX_LINES_AFTER_OTHERS = 2
"""The maximum number of lines of an element after other postings that is removed with them."""
_COPYRIGHT = re.compile(r"©|ⓒ|\bcopyright\b|\(c\) ?\d{4}|all rights reserved", re.IGNORECASE)
_COPYRIGHT_MARKS = ("©", "ⓒ", "copyright", "(c)", "rights reserved")
"""Texts in small letters, of which a page must have one to be searched for a copyright.

They are faster to find than the pattern.
"""
_MAP_NAMES = re.compile(
    r"(?<![a-z])(?<!site[-_ ])(?<!footer[-_ ])(?:map|leaflet|mapboxgl|maplibregl)(?![a-z])"
)
"""A pattern of the classes of maps, which state the copyright of their data."""
_MAX_LEVELS_OF_MAP = 4
"""The number of elements whose class may name a map: the line of copyright and those around it."""
_MAX_COPYRIGHT_LENGTH = 200
_COPYRIGHT_ELEMENTS = "p, div, small, span, td, li, font, center"
_MAX_COPYRIGHT_ELEMENTS = 40
"""The number of elements at the end of the page that are searched for a line of copyright."""
_MAX_FOOTER_LENGTH = 600
_OTHER_CONTENT_HEADING = re.compile(
    # headings such as "see also", "we are also hiring", "latest news" and "open positions"
    r"^(?:see also|read also|(?:lees|les|läs) (?:ook|også|också|även)|lire aussi|à lire aussi|"
    r"lesen sie auch|lies auch|leer también|leia também|leggi anche|lue myös|czytaj też|čtěte také|"
    r"читайте (?:также|також)|zobacz (?:także|też|również)|siehe auch|voir aussi|à voir aussi|"
    r"ver también|"
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
    r"jobs (?:you (?:might|may)|nearby|near (?:you|this|our)\b|at this company)|"
    r"(?:гарячі вакансі|горячие ваканси)\w|"
    r"(?:popular|trending|nearby|"
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
    r"^(?:other|more) ways to (?:join|volunteer|help|work|get involved)|"
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
    r"חדשות|chia sẻ|bagikan|ikuti kami|แชร์|"
    # pictures of offices, and what employees say
    r"office (?:photos|gallery|tour)|(?:photo|image) gallery|fotogalerie|bildergalerie|"
    r"galerie (?:de )?photos?|galería(?: de fotos)?|galleria fotografica|galeria(?: zdjęć)?|"
    r"(?:фото|галерея) офіс[уі]в?|фото офиса|"
    r"(?:employee|staff) (?:testimonials|voices|stories)|mitarbeiterstimmen|"
    r"témoignages|testimonios|testimonianze|depoimentos|(?:先輩)?(?:社員|スタッフ)の声|"
    r"員工心聲|직원 인터뷰",
    re.IGNORECASE,
)
"""A pattern of the headings of small boxes, for example for sharing, news or comments."""
_MAX_WIDGET_LENGTH = 500


def sections_about_others(
    body: LexborNode, title: str | None, keep: Set[int]
) -> Iterator[LexborNode]:
    """Yield the parts of the page whose headings show that they are not about the posting.

    They contain for example other postings, news or forms.
    """
    length = len(body.text())
    for heading in body.css(_SECTION_TITLES)[:_MAX_SECTION_TITLES]:
        text = one_line(heading.text())
        if len(text) > _MAX_HEADING_LENGTH or text == title:
            continue
        if _is_about_others(text):
            *section, last = _section(heading, keep, length // 2)
            yield from (*section, last, *elements_after_others(last, keep, length // 4))
        elif _is_widget(text) and not _begins_sentence(heading):
            box = next(_section(heading, keep, length // 2))
            if box.mem_id != heading.mem_id and len(box.text()) <= _MAX_WIDGET_LENGTH:
                yield box


def _begins_sentence(heading: LexborNode) -> bool:
    """Return whether the heading is bold text in a longer line, as in ``<b>News</b> each day``."""
    line = heading.parent
    if line is None or heading.tag not in ("b", "strong"):
        return False
    return one_line(line.text()) != one_line(heading.text())


def heads_other_content(heading: str) -> bool:
    """Return whether a heading is that of a part that does not belong to the posting."""
    return _is_about_others(heading) or _is_widget(heading)


@lru_cache(maxsize=10_000)
def _is_about_others(heading: str) -> bool:
    return _OTHER_CONTENT_HEADING.search(heading) is not None


@lru_cache(maxsize=10_000)
def _is_widget(heading: str) -> bool:
    return _WIDGETS.fullmatch(heading.rstrip(" :!…")) is not None


def elements_after_others(last: LexborNode, keep: Set[int], length: int) -> Iterator[LexborNode]:
    """Yield the elements after a list of other postings, which mostly do not belong to the posting.

    The search ends at the first element that may belong to the posting or be about the company.
    Such an element is longer than ``length`` characters, contains facts or a contact, or has more
    than two lines.
    """
    next_node = last.next
    while next_node is not None and next_node.mem_id not in keep:
        if next_node.tag in _BLOCKS:
            if (
                len(next_node.text()) > length
                or next_node.css_first(_FACTS_OR_CONTACTS)
                or len(block_texts(next_node)) > _MAX_LINES_AFTER_OTHERS
            ):
                return
            yield next_node
        next_node = next_node.next


def _section(heading: LexborNode, keep: Set[int], length: int) -> Iterator[LexborNode]:
    """Yield the part of the page to which a heading belongs.

    The part is the largest element that begins with the heading and has at most ``length``
    characters. It contains facts only if they stand directly below the heading. If no element
    around the heading begins with it, the part is the heading and the nodes after it, up to the
    next heading that has the same tag.
    """
    begin = heading.text().strip()[:40]
    part = heading
    while (
        (parent := part.parent) is not None
        and parent.mem_id not in keep
        and parent.tag not in ROOTS
        and len(text := parent.text()) <= length
        and text[:1_000].lstrip().startswith(begin)
        and (part.mem_id == heading.mem_id or _has_no_facts_after(part))
    ):
        part = parent
    yield part
    next_node = part.next if part.mem_id == heading.mem_id else None
    while next_node is not None and next_node.tag != heading.tag and next_node.mem_id not in keep:
        yield next_node
        next_node = next_node.next


def _has_no_facts_after(part: LexborNode) -> bool:
    """Return whether no block after ``part`` in its parent has a table or a definition list."""
    next_node = part.next
    while next_node is not None and (
        next_node.tag not in _BLOCKS or next_node.css_first("dl, table") is None
    ):
        next_node = next_node.next
    return next_node is None


def footer(body: LexborNode, keep: Set[int]) -> Iterator[LexborNode]:
    """Yield the element that states the copyright at the end of the page, and those after it."""
    text = body.text()
    folded = text.casefold()
    if not any(mark in folded for mark in _COPYRIGHT_MARKS):
        return
    last_elements = reversed(body.css(_COPYRIGHT_ELEMENTS)[-_MAX_COPYRIGHT_ELEMENTS:])
    copyright_line = next((node for node in last_elements if _states_copyright(node)), None)
    if copyright_line is None:
        return
    max_length = min(_MAX_FOOTER_LENGTH, len(text) // 3)
    node: LexborNode | None = largest_around(
        copyright_line, keep, lambda box: len(box.text()) <= max_length
    )
    while node is not None and node.mem_id not in keep:
        if node.tag in _BLOCKS:
            yield node
        node = node.next


def _states_copyright(node: LexborNode) -> bool:
    """Return whether the element states the copyright of the page, and not that of a map."""
    text = node.text()
    if len(text) > _MAX_COPYRIGHT_LENGTH or not _COPYRIGHT.search(text):
        return False
    around: LexborNode | None = node
    for _ in range(_MAX_LEVELS_OF_MAP):
        if around is None or around.tag in ROOTS:
            return True
        if _MAP_NAMES.search(around.attributes.get("class") or ""):
            return False
        around = around.parent
    return True
