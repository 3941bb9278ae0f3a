"""The keys under which the states of pages (``extract.page_states``) have the parts of a posting.

Sites name their keys as they like, often in their own language. Keys are compared without case,
accents and separators: ``published_at``, ``publishedAt`` and ``published-at`` are equal. Here, all
keys are in this comparable form. A key is listed only if it has no other common meaning in an
object that has a title and a description.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

_CAMEL_CASE_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAX_KEY_LENGTH = 100
_SEPARATOR = re.compile(r"[\W_]+")
_NO_DECOMPOSITION = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "ı": "i", "æ": "ae"})
"""Plain letters for the letters that Unicode does not decompose."""


def _tuple_of(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLE = _tuple_of(
    "jobtitle positiontitle postingtitle vacancytitle roletitle jobname positionname vacancyname "
    "jobadtitle titel stellentitel stellenbezeichnung jobtitel intitule intituleposte titreposte "
    "puesto nombrepuesto titulopuesto nombrevacante titulovacante titulovaga nomevaga "
    "functietitel functienaam vacaturetitel titolooffertaposizione stanowisko nazwastanowiska "
    "nazevpozice nazovpozicie tyopaikka title titre titulo titolo tytul nazwa nazev nazov tittel "
    "stillingstittel jobbtitel rubrik otsikko tehtavanimike name headline nom nombre nome naam "
    "navn namn position poste"
)
"""The keys of a title, the most specific first."""
_TITLES = frozenset(TITLE)
CERTAIN_TITLES = frozenset(TITLE[: TITLE.index("title")])
"""The keys of a title that only a posting has."""
DESCRIPTION = _set_of(
    "description descriptionhtml htmldescription descriptionbody descriptiontext descriptionplain "
    "jobdescription jobdescriptionhtml jobdescriptiontext fulldescription longdescription "
    "positiondescription roledescription externaldescription publicdescription "
    "jobpostingdescription postingdescription vacancydescription body bodyhtml htmlbody bodytext "
    "content contenthtml htmlcontent contents html richtext details jobdetails jobbody jobcontent "
    "text fulltext beschreibung stellenbeschreibung jobbeschreibung inhalt contenu descriptif "
    "descriptifposte descriptionposte descripcion descripcionpuesto contenido descricao "
    "descricaovaga conteudo descrizione contenuto omschrijving functieomschrijving vacaturetekst "
    "inhoud opis opisstanowiska tresc popis popispozice popisprace popisprac beskrivelse "
    "stillingsbeskrivelse beskrivning kuvaus leiras descriere sections jobad descriptionsections "
    "contentblocks blocks detailhtml detailtext"
)
"""The keys of the description. An object may have several versions of it."""
TEASER = _set_of(
    "summary jobsummary shortdescription descriptionshort excerpt teaser abstract snippet lead "
    "resume kurzbeschreibung resumen resumo riassunto samenvatting"
)
"""The keys of a short text that may repeat a part of the description."""
OPENING = _set_of(
    "intro introduction introtext introhtml introductie inleiding einleitung einleitungstext "
    "accroche introduccion introducao introduzione wstep uvod companydescription aboutcompany "
    "aboutthecompany aboutus aboutrole abouttherole aboutjob abouttheteam aboutteam opening "
    "overview joboverview unternehmensbeschreibung ueberuns presentation"
)
"""The keys of an introduction to the description. It gets no heading."""
SECTION = _set_of(
    "responsibilities responsibility responsibilitieshtml jobresponsibilities keyresponsibilities "
    "duties jobduties tasks whatyoulldo whatyouwilldo requirements requirement jobrequirements "
    "requirementshtml qualifications qualification qualificationshtml preferredqualifications "
    "minimumqualifications basicqualifications skills skillsrequired experiencerequirements "
    "educationrequirements nicetohave niceto profile candidateprofile yourprofile whoyouare "
    "aboutyou whatyoubring benefits benefitshtml perks perksandbenefits jobbenefits weoffer "
    "whatweoffer offer additionalinformation additionalinfo closing howtoapply selectionprocess "
    "aufgaben aufgabenbereich ihreaufgaben deineaufgaben profil ihrprofil deinprofil "
    "anforderungen anforderungsprofil voraussetzungen qualifikation qualifikationen vorteile "
    "leistungen wirbieten wasbieten unserangebot angebot zusatzinformationen missions mission "
    "taches responsabilites profilrecherche exigences competences avantages nousoffrons "
    "responsabilidades funciones actividades requisitos requerimientos perfil beneficios "
    "ofrecemos oferecemos prestaciones atividades atribuicoes qualificacoes diferenciais "
    "informacoesadicionais informacionadicional responsabilita attivita requisiti profilo "
    "benefici offriamo cosaoffriamo taken werkzaamheden verantwoordelijkheden eisen functieeisen "
    "wijvragen wijbieden wiebenjij arbeidsvoorwaarden obowiazki zakresobowiazkow wymagania "
    "oferujemy benefity oczekiwania naplnprace naplnpraca pozadavky poziadavky nabizime ponukame "
    "vyhody arbetsuppgifter kvalifikationer kravprofil vierbjuder arbeidsoppgaver kvalifikasjoner "
    "vitilbyr arbejdsopgaver vitilbyder tehtavat vaatimukset tarjoamme feladatok elvarasok "
    "amitkinalunk responsabilitati cerinte beneficii"
)
"""The keys of a section of the description. If it has no heading, its key becomes the heading."""
LISTED_SECTION = _set_of("needs offers wants gives brings")
"""The keys that are a section only if the value is a list of texts.

Otherwise, they mostly contain objects, such as other postings.
"""
TEXTS = DESCRIPTION | TEASER | OPENING | SECTION | LISTED_SECTION
_FORMATS = _set_of("html text plain raw rich markdown md")
"""The words at the end of a key of a text that name the format of the text."""
EMPLOYMENT = _set_of("employmenttype employmenttypes jobtype commitment")
LIKELY_EMPLOYMENT = _set_of(
    "type types worktype worktypes workingtime worktime timetype workload workschedule schedule "
    "jobschedule scheduletype shifttype hours workinghours jobhours contract contracttype "
    "contracttypes contractlabel contractname typeofcontract employmentform employmentstatus "
    "employmentterm employment positiontype jobcategorytype typeofemployment jobtypes jobtime "
    "beschaeftigungsart beschaftigungsart beschaeftigung anstellungsart anstellung vertragsart "
    "arbeitszeit arbeitszeitmodell pensum umfang typecontrat contrat typedecontrat typeemploi "
    "tempstravail tempsdetravail statut statutemploi tipoempleo tipocontrato tipodecontrato "
    "tipodeempleo contrato jornada tipojornada regime regimecontratacao tipovaga cargahoraria "
    "contratto tipocontratto tipodicontratto orario dienstverband contractvorm uren urenperweek "
    "wymiar wymiarpracy wymiaretatu etat rodzajumowy typumowy umowa uvazek typuvazku "
    "typpracovnihopomeru pracovnipomer druhpomeru anstallningsform anstallningstyp omfattning "
    "ansettelsesform stillingstype ansaettelsestype ansaettelsesform arbejdstid tyosuhde tyoaika "
    "munkaido foglalkoztatas tipcontract workday horaire horaires horario shift shifts employtype"
)
"""The keys that are read as an employment type only if their value names one."""
WORKPLACE = _set_of(
    "joblocationtype workplacetype workplace workplacetypes workplacemodel workmodel workmode "
    "workarrangement workingmodel workinglocation worklocationtype locationtype workstyle remote "
    "remotestatus remotetype remotework remotepolicy remoteoption remotelevel remoteness isremote "
    "remoteallowed allowremote hybrid ishybrid onsite isonsite homeoffice telework telecommute "
    "telecommuting arbeitsmodell arbeitsortmodell mobilesarbeiten teletravail modetravail "
    "modalidad modalidadtrabajo teletrabajo modalidade modelotrabalho modelodetrabalho "
    "teletrabalho modalita modalitalavoro smartworking telelavoro werkplekmodel thuiswerken tryb "
    "trybpracy pracazdalna distansarbete hjemmekontor hjemmearbejde etatyo tavmunka modlucru"
)
"""The keys of the workplace: remote, hybrid or on-site."""
POSTED = _set_of(
    "dateposted posted postedat postedon posteddate postdate postingdate datepublished "
    "published publishedat publishedon publisheddate publishdate publicationdate "
    "publicationstartdate jobposteddate releasedate releaseddate opendate openingdate openson "
    "opensat liveon firstpublished firstpublishedat veroeffentlichtam veroeffentlicht "
    "veroffentlichtam veroffentlicht veroeffentlichungsdatum veroffentlichungsdatum "
    "datepublication datedepublication datedeparution publieele publiele dateaffichage "
    "fechapublicacion fechadepublicacion publicadoen publicadoel publicadaem publicadoem "
    "datapublicacao datadepublicacao datapubblicazione pubblicatoil gepubliceerdop "
    "publicatiedatum plaatsingsdatum opublikowano datapublikacji datumzverejneni zverejneno "
    "datumzverejnenia publicerad publiceringsdatum publisert publiseringsdato publiceret "
    "julkaistu kozzeteve datapublicarii publicatla publiziert publiziertam affichage"
)
CLOSING = _set_of(
    "validthrough validuntil validto expiresat expireson expires expirydate expirationdate expiry "
    "closeson closesat closingdate closedate deadline applicationdeadline applicationdeadlinedate "
    "applyby applybefore applicationsclose unpostdate unpostingdate bewerbungsfrist "
    "bewerbungsschluss datelimite datecloture datelimitecandidature fechacierre fechalimite "
    "fechavencimiento encerraem dataencerramento datalimite prazoinscricao scadenza datascadenza "
    "sluitingsdatum reageervoor waznedo waznado waznosc terminnadsylania uzaverka platnostdo "
    "sistaansokningsdag sokntsenast soknadsfrist ansogningsfrist hakuaika jelentkezesihatarido "
    "termenlimita"
)
"""The keys of the date until which a posting is open."""
COMPANY = _set_of(
    "hiringorganization companyname company organization organisation employer employername "
    "organizationname organisationname arbeitgeber unternehmen firma entreprise employeur societe "
    "empresa nombreempresa azienda bedrijf werkgever pracodawca zamestnavatel foretag "
    "arbetsgivare arbeidsgiver virksomhed tyonantaja"
)
DEPARTMENT = _set_of("employmentunit department departmentname")
IDENTIFIER = _set_of("identifier requisitionid jobreqid")
"""The keys of the number that the company itself gives to the posting."""
ANY_ID = _set_of(
    "id uid uuid guid slug urlslug seoslug shortcode jobid reqid requisitionid jobreqid vacancyid "
    "postingid positionid jobadid offerid jobpostingid externalid reference ref referencenumber "
    "requisitionnumber jobnumber number code jobcode folio nummer kennziffer identifier "
    "identifiant referentie referenznummer referencia referenza"
)
"""The keys of an identifier that the URL of the page may contain."""
URL = _set_of(
    "url absoluteurl joburl hostedurl permalink link href path publicurl canonicalurl detailurl "
    "shareurl jobposturl"
)

PLACES = _tuple_of(
    "joblocations worklocations workplaces locations standorte arbeitsorte lieux ubicaciones "
    "localidades localizacoes sedi locaties lokalizacje orter toimipaikat joblocation "
    "worklocation location primarylocation place placeofwork workaddress standort arbeitsort "
    "einsatzort dienstort lieu lieutravail lieudetravail localisation lugar ubicacion "
    "lugartrabajo localtrabalho local localizacao luogo sede sedelavoro luogolavoro standplaats "
    "werklocatie locatie miejsce "
    "miejscepracy lokalizacja mistovykonuprace pracoviste miestoprace lokace lokalita arbetsort "
    "placering arbeidssted sted arbejdssted sijainti toimipaikka munkavegzeshelye locatia "
    "locdemunca address offices office"
)
"""The keys of the places of work, the most complete first."""
PLACE_NAMES = _tuple_of(
    "locationname locationlabel locationtext locationstring locationdisplay fulllocation "
    "joblocationname displaylocation"
)
FURTHER_PLACES = _tuple_of(
    "secondarylocations additionallocations otherlocations alternatelocations "
    "secondaryjoblocations additionaloffices weiterestandorte"
)
BUSINESS_PREMISES = _tuple_of(
    "restaurant store shop branch facility clinic hospital school campus hotel plant factory "
    "warehouse depot venue club property salon filiale betrieb klinik werk magasin agence "
    "etablissement usine tienda sucursal centro planta loja unidade filial negozio punto winkel "
    "vestiging sklep oddzial zaklad pobocka provozovna prevadzka butik "
    "workplace worksite jobsite"
)
"""The keys of premises, which are read as the place of work if they have a city."""
CITY = _tuple_of(
    "addresslocality city cityname town suburb locality municipality ort stadt gemeinde ville "
    "commune localite ciudad poblacion localidad municipio cidade citta comune stad plaats "
    "gemeente miasto miejscowosc mesto obec stadsnamn kommune kommun paikkakunta kaupunki varos "
    "oras localitate"
)
REGION = _tuple_of(
    "addressregion region regionname state statename statecode province provincecode bundesland "
    "kanton canton departement provincia estado uf regione provincie wojewodztwo kraj lan fylke "
    "judet"
)
COUNTRY = _tuple_of(
    "addresscountry country countryname countrycode countryiso land pays pais paese kraj zeme "
    "krajina stat maa orszag tara"
)

PAY = _tuple_of(
    "basesalary salary compensation pay payrate payrange salaryrange compensationrange "
    "hourlyrate hourlypay annualsalary monthlysalary wage wages remuneration stipend "
    "gehalt lohn verguetung vergutung stundenlohn jahresgehalt monatsgehalt salaire remunerations "
    "tauxhoraire salaireannuel salairehoraire salairemensuel salario sueldo remuneracion "
    "remuneracao salariomensual stipendio retribuzione ral salaris loon brutoloon uurloon "
    "wynagrodzenie placa plat mzda mzdy lon lonn palkka ber fizetes salariu"
)
LOW = _set_of(
    "min from low lower minimum minvalue minamount start von ab od de desde minimo du vanaf fra "
    "fran lowerbound rangemin minimal amountmin valuemin"
)
HIGH = _set_of(
    "max to high upper maximum maxvalue maxamount end bis do ate hasta maximo au a tot til till "
    "upperbound rangemax maximal amountmax valuemax"
)
CURRENCY = _set_of(
    "currency currencycode currencyiso currencysymbol waehrung wahrung devise monnaie moneda "
    "moeda valuta waluta mena valuutta penznem"
)
PERIOD = _set_of(
    "interval period unit per frequency unittext unitofwork timeunit payperiod payfrequency "
    "paytype zeitraum einheit periode periodicite unite periodo frecuencia unidad periodicidade "
    "periodicita periodiciteit eenheid okres jednostka obdobi obdobie jednotka jakso"
)
AMOUNT = _set_of("value amount rate betrag montant monto valor importe bedrag kwota")
PAY_TEXT = _set_of(
    "text summary label display displaytext displayvalue description formatted string range info "
    "raw note"
)
_WORDS_BESIDE_PAY = LOW | HIGH | CURRENCY | PERIOD | PAY_TEXT | AMOUNT

LABEL = _tuple_of(
    "label name displayname title text value formattedaddress fulladdress formatted description "
    "code nom nombre nome naam nazwa nazev titel"
)
"""The keys of the name of an object such as a department, the most specific first."""
PLACE_LABEL = _tuple_of(
    "label name displayname formattedaddress fulladdress formatted title text nazwa nazev nom "
    "nombre nome naam"
)
"""The keys of the name of a place, the most specific first."""
HEADING = ("heading", "header", "headline", "label", "subtitle", *TITLE)
"""The keys of the heading of a section of a description."""
SECTION_CONTENT = _tuple_of(
    "html content contenthtml data body bodyhtml text description descriptionhtml value items "
    "bullets points list entries children paragraphs copy rendered inhalt contenu contenido "
    "conteudo contenuto tekst obsah"
)
POSTING_WORDS = _set_of(
    "job jobs posting postings jobposting jobad vacancy vacancies position positions opening "
    "requisition role offer stelle stellen stellenangebot stellenanzeige offre poste emploi "
    "vacante oferta empleo puesto vaga vagas emprego posizione offerta annuncio vacature praca "
    "stanowisko pozice pozicia nabidka ponuka jobb annons tjanst stilling tyopaikka allas "
    "jobdetail"
)
"""Words in the key or the type name of an object which show that it is a posting."""
OTHER_WORDS = _set_of(
    "other others related similar recommended recommend recommendation recommendations suggested "
    "suggestions more latest recent featured also elsewhere weitere andere aehnliche ahnliche "
    "autres similaires otras otros sugeridas relacionadas similares parecidas outras recomendadas "
    "altre simili altri meer vergelijkbare podobne inne polecane podobna dalsi dalsie liknande "
    "fler andra lignende flere andre muut samankaltaiset hasonlo similare alte"
)
"""Words in the key of an object or list which show that it contains other postings."""
_TITLE_NOUNS = _set_of(
    "title titel titre titulo titolo tytul nazwa nazev nazov tittel intitule name nom nombre nome "
    "naam navn namn"
)
_JOB_NOUNS = _set_of(
    "job position posting vacancy stelle stellen emploi empleo vaga vacature puesto stanowisko"
)
_ADVERT_NOUNS = _set_of("notice recruit recruitment offre oferta")
"""Words for an advertisement. A title with one of them, such as ``noticeTitle``, may be that of
another text."""
NOT_POSTINGS = _set_of(
    "company organization organisation employer brand author user recruiter seo meta metadata "
    "product article event category team member site layout banner translations i18n"
)
"""Words which show that an object is no posting.

Only the last word of its type name, or of its key if it has no type name, is compared.
"""


@lru_cache(maxsize=10_000)
def is_title(key: str) -> bool:
    """Return whether a key can be the key of a title."""
    return part_key(key) in _TITLES


@lru_cache(maxsize=10_000)
def part_key(key: str) -> str:
    """Return a key in comparable form, reduced to the listed key of the same meaning.

    Without a listed key of the same meaning, return the comparable form. The format of a text is
    left out (``descricao`` for ``descricaoHtml``), and so is a noun for a posting before the key
    of a text (``requisitos`` for ``vagaRequisitos``). A title with such a noun becomes
    ``jobtitle``, or ``title`` if the noun has other meanings, too.
    """
    words = key_words(key)
    whole = "".join(words)
    if len(words) < 2 or whole in _TITLES or whole in TEXTS:
        return whole
    *nouns, last = words
    if last in _TITLE_NOUNS and _JOB_NOUNS.issuperset(nouns):
        return "jobtitle"
    if last in _TITLE_NOUNS and (_JOB_NOUNS | _ADVERT_NOUNS).issuperset(nouns):
        return "title"
    first_other = next((at for at, word in enumerate(words) if word not in _JOB_NOUNS), 0)
    end = len(words) - (last in _FORMATS)
    parts = ("".join(words[:end]), "".join(words[first_other:]), "".join(words[first_other:end]))
    return next((part for part in parts if part in TEXTS), whole)


@lru_cache(maxsize=10_000)
def comparable(key: str) -> str:
    """Return a key in lower case, without accents and separators."""
    return "".join(key_words(key))


def heading_of(key: str) -> str:
    """Return the heading for a section without one: ``Requisitos`` for ``requisitosHtml``."""
    words = spaced_words(key).split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in _FORMATS else words).capitalize()


def spaced_words(key: str) -> str:
    """Return the words of a key as a text: ``what we offer`` for ``whatWeOffer``."""
    return _SEPARATOR.sub(" ", _CAMEL_CASE_BREAK.sub(" ", key[:_MAX_KEY_LENGTH])).strip().lower()


@lru_cache(maxsize=10_000)
def key_words(key: str) -> tuple[str, ...]:
    """Return the words of a key, in lower case and without accents."""
    spaced = _CAMEL_CASE_BREAK.sub(" ", key[:_MAX_KEY_LENGTH])
    plain = spaced.casefold()
    if not plain.isascii():
        folded = unicodedata.normalize("NFKD", plain.translate(_NO_DECOMPOSITION))
        plain = "".join(each for each in folded if not unicodedata.combining(each))
    return tuple(filter(None, _SEPARATOR.split(plain)))


def by_key(thing: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an object that are not empty, by the key that ``part_key`` returns.

    If two keys are equal in this form, the value of the first one is returned.
    """
    values: dict[str, Any] = {}
    for key, value in thing.items():
        if value not in (None, "", [], {}):
            values.setdefault(part_key(key), value)
    return values


def first(values: Mapping[str, Any], keys: Iterable[str]) -> Any:
    """Return the value of the first key that the object has; None if it has none of them."""
    return next((values[key] for key in keys if key in values), None)


@lru_cache(maxsize=10_000)
def rest_of_pay_key(key: str) -> str | None:
    """Return the word beside the word for pay in a comparable key: ``min`` for ``salarymin``.

    Return an empty string if the key is only a word for pay, and None if it is no key of the pay.
    """
    if key in PAY:
        return ""
    for word in PAY:
        for rest in (key.removeprefix(word), key.removesuffix(word)):
            if rest != key and rest in _WORDS_BESIDE_PAY:
                return rest
    return None
