"""Recognition of boards by the host of a URL, or else by its path.

The module of each source documents the source's hosts and paths. The path of an API is recognised
on any host, because a mirror or an employer's own domain may serve the API. The ``base_url`` is
then on the URL's host.
"""

import re
from collections.abc import Callable, Iterator

from include.sources.detect.address import Address
from include.sources.detect.candidate import Candidate
from include.sources.detect.paths import GUID, boards_by_path

_RESERVED_SUBDOMAINS = frozenset({
    "academy", "accounts", "api", "app", "assets", "assets-aws", "assets-cdn", "attachments-cdn",
    "blog", "cdn", "cdn3", "certificate", "community", "creator", "css", "developer", "developers",
    "docs", "documentation", "engage", "get", "go", "help", "id", "images", "info", "jobs",
    "knowledge", "learn", "login", "marketing", "matomo", "media", "partners", "recruit",
    "resources", "scripts", "signin", "static", "status", "support", "trust", "tt", "www",
})  # fmt: skip
"""Subdomains that vendors use for themselves. No board is at such a subdomain."""
_GUPY_HOSTS = frozenset({
    "attachments", "employability-portal", "front-statics-assets", "portal", "suporte",
    "suporte-candidatos",
})  # fmt: skip
"""The subdomains of gupy.io that Gupy uses itself, in addition to ``_RESERVED_SUBDOMAINS``."""
_NO_BOARDS = frozenset({"_next", "api", "assets", "static"})
"""The first segments of those paths on a source's own host that lead to its scripts or its API.
They are not the names of boards."""
_CULTURE = re.compile("[a-z]{2}-[A-Z]{2}")
"""A pattern of a language in a path at Dayforce, such as ``en-US``. A language without a country is
not recognised, because the name of a tenant may also have only two or three letters."""
_GUID = re.compile(GUID)
_GREENHOUSE_EU = "https://boards-api.eu.greenhouse.io"
_LEVER_EU = "https://api.eu.lever.co"
_META = "https://www.metacareers.com"

Reader = Callable[[Address, re.Match[str]], Iterator[Candidate]]
"""The type of the functions that yield the boards to which a URL may belong. The arguments are the
parts of the URL, and the match of its host with the pattern in ``_HOSTS``."""


def boards_at(url: str) -> tuple[Candidate, ...]:
    """Return the boards that ``url`` may belong to, the most likely first.

    ``url`` may be the URL of a board's page, of a posting, or of an API. Return nothing if ``url``
    is not an absolute http(s) URL or belongs to no known source.
    """
    address = Address.parse(url)
    if address is None:
        return ()
    for host, read_boards in _HOSTS:
        if match := host.fullmatch(address.host):
            by_host = tuple(read_boards(address, match))
            return by_host or boards_by_path(address)
    return boards_by_path(address)


def _greenhouse(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Greenhouse.

    Examples are ``boards.greenhouse.io/acme/jobs/1`` and ``…/embed/job_board?for=acme``. The host
    for customers in the EU has the same paths. Its boards get a ``base_url``.
    """
    board = address.query_value("for") or address.first_segment(excluded={"embed"})
    if board:
        base = {"base_url": _GREENHOUSE_EU} if host["eu"] else {}
        yield Candidate(source="greenhouse", config={"board": board, **base})


def _lever(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    if site := address.first_segment():
        base = {"base_url": _LEVER_EU} if host["eu"] else {}
        yield Candidate(source="lever", config={"site": site, **base})


def _ashby(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    if board := address.first_segment(excluded={"api", "_next", "static"}):
        yield Candidate(source="ashby", config={"board": board})


def _smartrecruiters(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at SmartRecruiters.

    Examples are ``careers.smartrecruiters.com/Acme`` and
    ``jobs.smartrecruiters.com/Acme/74…-cook``. A first segment that has a dot, such as the name of
    a file, is not the name of a company.
    """
    company = address.query_value("dcr_ci") or address.query_value("company")
    match address.segments:
        case ("oneclick-ui", "company", named, *_) | ("my-applications", named, *_):
            company = named
        case (named, *_) if company is None and "." not in named:
            company = named
        case _:
            pass
    if company:
        yield Candidate(source="smartrecruiters", config={"company": company})


def _workday(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``acme.wd5.myworkdayjobs.com/en-US/External/job/…``.

    The URL may also be one of the API on the same host.
    """
    tenant, site = host["tenant"], next(iter(address.past_locale), None)
    match address.segments:
        case ("wday", "cxs", api_tenant, api_site, *_):
            tenant, site = api_tenant, api_site
        case ("wday", *_):
            return  # This URL of the API names no site.
        case _:
            pass
    if tenant and site and site != "wday":  # "wday" begins the path of the API
        yield _workday_site(address.full_host, tenant, site)


def _workday_recruiting(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the boards of a URL such as ``wd5.myworkdaysite.com/en-US/recruiting/acme/External``.

    In all cases seen, ``acme.wd5.myworkdayjobs.com`` has the same board. Therefore the first
    candidate has that host, and the second candidate has the host of the URL.
    """
    match address.past_locale:
        case ("recruiting", tenant, site, *_) | ("wday", "cxs", tenant, site, *_):
            yield _workday_site(f"{tenant}.{host['pod']}.myworkdayjobs.com".lower(), tenant, site)
            yield _workday_site(address.full_host, tenant, site)
        case _:
            pass


def _workday_site(host: str, tenant: str, site: str) -> Candidate:
    return Candidate(source="workday", config={"host": host, "tenant": tenant, "site": site})


def _workable(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``apply.workable.com/acme/j/0A1B``.

    A short URL such as ``apply.workable.com/j/0A1B`` gives no candidate, because it names no
    account. The short URL redirects to a URL that names the account.
    """
    if account := address.first_segment(excluded={"api", "j", "static", "assets"}):
        yield Candidate(source="workable", config={"account": account})


def _workable_subdomain(_: Address, host: re.Match[str]) -> Iterator[Candidate]:
    if (account := host["tenant"]) not in _RESERVED_SUBDOMAINS | {"apply"}:
        yield Candidate(source="workable", config={"account": account})


def _subdomain(source: str, *, key: str = "site") -> Reader:
    """Return a reader for a source whose boards each have a subdomain.

    The reader ignores the path.
    """

    def read(_: Address, host: re.Match[str]) -> Iterator[Candidate]:
        if host["tenant"] not in _RESERVED_SUBDOMAINS:
            yield Candidate(source=source, config={key: host["tenant"]})

    return read


def _gupy(_: Address, host: re.Match[str]) -> Iterator[Candidate]:
    if host["tenant"] not in _RESERVED_SUBDOMAINS | _GUPY_HOSTS:
        yield Candidate(source="gupy", config={"site": host["tenant"]})


def _segment(source: str, *, key: str) -> Reader:
    """Return a reader of boards whose name is the first segment of the path.

    The reader yields no board if the segment is in ``_NO_BOARDS``.
    """

    def read(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
        if name := address.first_segment(excluded=_NO_BOARDS):
            yield Candidate(source=source, config={key: name})

    return read


def _adp_myjobs(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``myjobs.adp.com/acme/cx/job-details?reqId=1``.

    The URL may also be one of the API on the same host.
    """
    match address.segments:
        case ("public", "staffing", "v1", "career-site", site, *_) | (site, "cx", *_) | (site,):
            yield Candidate(source="adp_myjobs", config={"site": site.lower()})
        case _:
            pass


def _adp_workforce_now(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at ADP Workforce Now.

    An example is ``workforcenow.adp.com/…/recruitment.html?cid=3ecf…&ccId=1900…&lang=en_CA``. The
    host ``workforcenow.cloud.adp.com`` has the same paths. The ``base_url`` of a board on this host
    is the origin of the URL.
    """
    parameters = {"client": "cid", "center": "ccId", "lang": "lang"}
    config = {
        key: value for key, name in parameters.items() if (value := address.query_value(name))
    }
    if config.get("lang") == "en_US":
        del config["lang"]
    if host["cloud"]:
        config["base_url"] = address.origin
    if _GUID.fullmatch(config.get("client", "")):
        yield Candidate(source="adp_workforce_now", config=config)


def _avature(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``acme.avature.net/en_US/careers``.

    Pages below this path, such as ``…/careers/JobDetail/…``, are recognised by ``boards_by_path``.
    """
    locale_length = len(address.segments) - len(address.past_locale)
    if host["tenant"] not in _RESERVED_SUBDOMAINS and not boards_by_path(address):
        path = "/".join(address.segments[: locale_length + 1]) or "careers"
        yield Candidate(source="avature", config={"url": f"{address.origin}/{path}"})


def _comeet(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``www.comeet.com/jobs/acme/30.005/cook/7A.123``."""
    match address.segments:
        case ("jobs", company, uid, *_):
            yield Candidate(source="comeet", config={"company": company, "uid": uid})
        case _:
            pass


def _cornerstone(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Cornerstone.

    An example is ``acme.csod.com/ux/ats/careersite/1/home/requisition/2?c=acme``.
    """
    match address.segments:
        case ("ux", "ats", "careersite", site, *_) if site.isdecimal():
            yield Candidate(source="cornerstone", config={"tenant": host["tenant"], "site": site})
        case _:
            pass


def _dayforce(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``jobs.dayforcehcm.com/en-US/acme/CANDIDATEPORTAL/jobs/1``.

    The language may be another one, or be missing.
    """
    culture = address.first_segment() or ""
    has_culture = _CULTURE.fullmatch(culture) is not None
    match address.segments[has_culture:]:  # the segments after the language
        case (tenant, board, *_) if tenant not in _NO_BOARDS:
            config = {"tenant": tenant, "board": board}
            if has_culture and culture != "en-US":
                config["culture"] = culture
            yield Candidate(source="dayforce", config=config)
        case _:
            pass


def _deel(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Deel.

    Examples are ``jobs.deel.com/acme/job-details/1/overview`` and the older form
    ``jobs.deel.com/job-boards/acme``.
    """
    names = [part for part in address.segments[:2] if part != "job-boards"]
    if names and names[0] not in _NO_BOARDS | {"auth", "guest", "job-details", "login", "signup"}:
        yield Candidate(source="deel", config={"company": names[0]})


def _google(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield Google's only board if the URL is that of a career page.

    An example is ``www.google.com/about/careers/applications/jobs/results/1-cook``.
    """
    if address.host == "careers.google.com" or address.segments[:2] == ("about", "careers"):
        yield Candidate(source="google", config={})


def _keka(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``acme.keka.com/careers``.

    The URL ``acme.keka.com/careers/chefs/jobdetails/1`` belongs to the portal ``chefs``. Other URLs
    belong to the default portal.
    """
    if host["tenant"] in _RESERVED_SUBDOMAINS or address.first_segment() not in (None, "careers"):
        return
    config = {"site": host["tenant"]}
    match address.segments:
        case ("careers", portal, "jobdetails", *_) | (
            "careers", "api", "embedjobs", portal, "active", *_
        ) if portal != "default":  # fmt: skip
            config["portal"] = portal
        case _:
            pass
    yield Candidate(source="keka", config=config)


def _meta(_: Address, __: re.Match[str]) -> Iterator[Candidate]:
    """Yield Meta's sitemap of postings for any page of www.metacareers.com.

    The URL of the sitemap is in the robots.txt of this host.
    """
    config = {"url": f"{_META}/jobsearch/sitemap.xml", "pattern": "/profile/job_details/"}
    yield Candidate(source="sitemap", config=config)


def _microsoft(_: Address, __: re.Match[str]) -> Iterator[Candidate]:
    """Yield Microsoft's board at Eightfold for any page of Microsoft's career sites.

    Eightfold provides the job search of these sites.
    """
    config = {"host": "apply.careers.microsoft.com", "domain": "microsoft.com"}
    yield Candidate(source="eightfold", config=config)


def _neogov(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at NEOGOV.

    Examples are ``www.governmentjobs.com/careers/acme/jobs/1`` and
    ``www.schooljobs.com/careers/acme``. The URL of an agency's feed names the agency in its query
    instead of its path.
    """
    agency = address.query_value("agency")
    match address.segments:
        case ("careers", named, *_):
            agency = named
        case _:
            pass
    if agency:
        base = {"base_url": "https://www.schooljobs.com"} if host["school"] else {}
        yield Candidate(source="neogov", config={"agency": agency, **base})


def _trakstar(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Trakstar.

    Examples of hosts are ``acme.hire.trakstar.com`` and ``acme.recruiterbox.com``. A URL of the API
    names the site in its query.
    """
    site = address.query_value("client_name") if host["tenant"] == "jsapi" else host["tenant"]
    if site and site not in _RESERVED_SUBDOMAINS:
        yield Candidate(source="trakstar", config={"site": site})


def _workatastartup(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Work at a Startup.

    Examples are ``www.ycombinator.com/companies/acme/jobs/x`` and
    ``workatastartup.com/companies/acme``. The other pages of ycombinator.com are not boards,
    although many companies link to such a page about themselves.
    """
    match address.segments:
        case ("companies", company, "jobs", *_):
            yield Candidate(source="workatastartup", config={"company": company})
        case ("companies", company) if host["jobs"]:
            yield Candidate(source="workatastartup", config={"company": company})
        case _:
            pass


def _host(source: str) -> Reader:
    """Return a reader for a source whose config has the whole host of the board.

    The reader ignores the path.
    """

    def read(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
        if host["tenant"] not in _RESERVED_SUBDOMAINS:
            yield Candidate(source=source, config={"host": address.full_host})

    return read


def _pageup(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``careers.pageuppeople.com/541/cw/en/job/725443/cook``."""
    match address.segments:
        case (number, pointer, language, *_) if number.isdecimal():
            url = f"{address.origin}/{number}/{pointer}/{language}"
            yield Candidate(source="pageup", config={"url": url})
        case _:
            pass


def _taleo_business(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Taleo Business Edition.

    An example is ``phh.tbe.taleo.net/phh03/ats/careers/v2/viewRequisition?org=ACME&cws=37&rid=1``.
    """
    company, cws = address.query_value("org"), address.query_value("cws")
    match address.segments:
        case (partition, "ats", "careers", *_) if company and cws:
            board = {"partition": partition, "company": company.upper(), "cws": cws}
            yield Candidate(source="taleo_business", config={"host": address.full_host, **board})
        case _:
            pass


def _herp(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at HERP.

    Examples are ``herp.careers/careers/companies/acme/jobs/1`` and ``herp.careers/v1/acme/1``.
    """
    match address.segments:
        case ("careers", "companies", company, *_) | ("v1", company, *_):
            yield Candidate(source="herp", config={"company": company})
        case _:
            pass


def _hrmos(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``hrmos.co/pages/acme/jobs/1``."""
    match address.segments:
        case ("pages", company, *_):
            yield Candidate(source="hrmos", config={"company": company})
        case _:
            pass


def _jobvite(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Jobvite.

    Examples are ``jobs.jobvite.com/acme/job/oAbC`` and ``jobs.jobvite.com/careers/acme/jobs``.
    """
    names = [part for part in address.segments[:2] if part != "careers"]
    if names and names[0] not in ("__assets__", "support"):
        yield Candidate(source="jobvite", config={"company": names[0]})


def _join(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``join.com/companies/acme/123-cook``.

    Other pages of this host are not boards.
    """
    match address.past_locale:
        case ("companies", company, *_):
            yield Candidate(source="join", config={"company": company})
        case _:
            pass


def _personio(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Personio.

    The host contains the name of the site. If the query states a language other than English, the
    config gets this language.
    """
    language = address.query_value("language")
    config = {"site": host["tenant"]}
    if language and language.isalpha() and language != "en":
        config["language"] = language
    yield Candidate(source="personio", config=config)


def _rippling(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``ats.rippling.com/en-GB/acme/jobs``."""
    board = next((part for part in address.past_locale if part != "embed"), None)
    if board and board not in ("api", "_next", "static"):
        yield Candidate(source="rippling", config={"board": board})


def _eightfold(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL at Eightfold.

    The query may state the employer's domain. If it does not, guess that the domain is the tenant's
    name followed by ``.com``.
    """
    domain = address.query_value("domain")
    if host["tenant"] not in _RESERVED_SUBDOMAINS or domain:
        domain = domain or f"{host['tenant']}.com"
        yield Candidate(source="eightfold", config={"host": address.full_host, "domain": domain})


def _icims(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Yield the board of a URL such as ``careers-acme.icims.com``.

    A portal whose host has another prefix, or none, gets its origin as ``base_url``.
    """
    site = host["tenant"]
    if re.match(r"(?:cdn|media|img|c-|i-|login)", site) or site in _RESERVED_SUBDOMAINS:
        return
    if site.startswith("careers-"):
        yield Candidate(source="icims", config={"site": site.removeprefix("careers-")})
    else:
        yield Candidate(source="icims", config={"site": site, "base_url": address.origin})


def _amazon(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """Yield a search at Amazon for the words that the URL's query states.

    If the query states no words, use the name of the team, job category or location in the path.
    """
    query = address.query_value("base_query") or address.query_value("keywords")
    match address.past_locale:
        case ("teams" | "job_categories" | "locations" | "location", words, *_) if not query:
            query = words.replace("-", " ")
        case _:
            pass
    yield Candidate(source="amazon", config={"query": query or "amazon"})


def _apple(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    yield Candidate(source="apple", config={"query": address.query_value("search") or "apple"})


_HOSTS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(host), read)
    for host, read in (
        (r"(?:job-)?boards(?P<eu>\.eu)?\.greenhouse\.io", _greenhouse),
        (r"jobs(?P<eu>\.eu)?\.lever\.co", _lever),
        (r"jobs\.ashbyhq\.com", _ashby),
        (r"(?:(?:careers|jobs)\.)?smartrecruiters\.com", _smartrecruiters),
        (r"(?P<tenant>[\w-]+)\.wd\d+\.myworkdayjobs(?:-impl)?\.com", _workday),
        (r"(?P<pod>wd\d+)\.myworkdaysite\.com", _workday_recruiting),
        (r"apply\.workable\.com", _workable),
        (r"(?P<tenant>[\w-]+)\.workable\.com", _workable_subdomain),
        (r"(?P<tenant>[\w-]+)\.recruitee\.com", _subdomain("recruitee")),
        (r"(?P<tenant>[\w-]+)\.jobs\.personio\.(?:de|com)", _personio),
        (r"(?P<tenant>[\w-]+(?:\.na)?)\.teamtailor\.com", _subdomain("teamtailor")),
        (r"(?P<tenant>[\w-]+)\.bamboohr\.com", _subdomain("bamboohr")),
        (r"(?P<tenant>[\w-]+)\.gupy\.io", _gupy),
        (r"(?P<tenant>[\w-]+)\.applytojob\.com", _subdomain("jazzhr")),
        (r"(?P<tenant>[\w-]+)\.breezy\.hr", _subdomain("breezy")),
        (r"(?P<tenant>[\w-]+)\.pinpointhq\.com", _subdomain("pinpoint")),
        (r"(?P<tenant>[\w-]+)\.careers\.hibob\.com", _subdomain("hibob")),
        (r"(?P<tenant>[\w-]+)\.softgarden\.io", _subdomain("softgarden")),
        (r"myjobs\.adp\.com", _adp_myjobs),
        (r"workforcenow(?P<cloud>\.cloud)?\.adp\.com", _adp_workforce_now),
        (r"(?P<tenant>[\w-]+)\.applicantpro\.com", _host("applicantpro")),
        (r"(?P<tenant>[\w-]+)\.isolvedhire\.com", _host("applicantpro")),
        (r"(?P<tenant>[\w-]+)\.avature\.net", _avature),
        (r"(?P<tenant>[\w-]+)\.careerplug\.com", _subdomain("careerplug")),
        (r"comeet\.com", _comeet),
        (r"(?P<tenant>[\w-]+)\.csod\.com", _cornerstone),
        (r"jobs\.dayforcehcm\.com", _dayforce),
        (r"careers\.hireology\.com", _segment("hireology", key="company")),
        (r"(?P<tenant>[\w-]+)\.hireology\.careers", _subdomain("hireology", key="company")),
        (r"(?P<tenant>[\w-]+)\.jibeapply\.com", _host("jibe")),
        (r"careers\.pageuppeople\.com", _pageup),
        (r"[a-z]{3}\.tbe\.taleo\.net", _taleo_business),
        (r"(?P<tenant>[\w-]+)\.zohorecruit\.[a-z]{2,3}(?:\.[a-z]{2})?", _host("zoho")),
        (r"jobs\.deel\.com", _deel),
        (r"(?P<tenant>[\w-]+)\.factorialhr\.com", _subdomain("factorial")),
        (r"(?:careers\.)?google\.com", _google),
        (r"(?P<tenant>[\w-]+)\.keka\.com", _keka),
        (r"metacareers\.com", _meta),
        (r"(?:(?:apply|jobs)\.)?careers\.microsoft\.com", _microsoft),
        (r"(?:governmentjobs|(?P<school>schooljobs))\.com", _neogov),
        (r"(?P<tenant>[\w-]+)\.traffit\.com", _subdomain("traffit")),
        (r"(?P<tenant>[\w-]+)\.(?:hire\.trakstar|recruiterbox)\.com", _trakstar),
        (r"(?:ycombinator|(?P<jobs>workatastartup))\.com", _workatastartup),
        (r"herp\.careers", _herp),
        (r"hrmos\.co", _hrmos),
        (r"join\.com", _join),
        (r"jobs\.jobvite\.com", _jobvite),
        (r"jobs\.gem\.com", _segment("gem", key="board")),
        (r"careers-page\.com", _segment("manatal", key="company")),
        (r"ats(?:\.us1)?\.rippling\.com", _rippling),
        (r"(?P<tenant>[\w-]+)\.eightfold\.ai", _eightfold),
        (r"(?P<tenant>[\w-]+)\.icims\.com", _icims),
        (r"amazon\.jobs", _amazon),
        (r"jobs\.apple\.com", _apple),
    )
)
