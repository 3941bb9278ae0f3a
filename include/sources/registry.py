"""The list of all adapters, and functions that find the adapter of a source by its name."""

from collections.abc import Mapping
from typing import Any

from include.core.filtering.filters import check_filters
from include.core.models import Company
from include.errors import SettingError
from include.sources.adp_myjobs import AdpMyJobs
from include.sources.adp_workforce_now import AdpWorkforceNow
from include.sources.amazon import Amazon
from include.sources.apple import Apple
from include.sources.applicantpro import ApplicantPro
from include.sources.ashby import Ashby
from include.sources.avature import Avature
from include.sources.bamboohr import BambooHR
from include.sources.base import Adapter, SourceFacts
from include.sources.breezy import Breezy
from include.sources.careerplug import CareerPlug
from include.sources.comeet import Comeet
from include.sources.config import canonical, check_keys
from include.sources.cornerstone import Cornerstone
from include.sources.dayforce import Dayforce
from include.sources.deel import Deel
from include.sources.eightfold import Eightfold
from include.sources.factorial import Factorial
from include.sources.gem import Gem
from include.sources.google import Google
from include.sources.greenhouse import Greenhouse
from include.sources.gupy import Gupy
from include.sources.gusto import Gusto
from include.sources.herp import Herp
from include.sources.hibob import HiBob
from include.sources.hireology import Hireology
from include.sources.hrmos import Hrmos
from include.sources.icims import Icims
from include.sources.jazzhr import JazzHR
from include.sources.jibe import Jibe
from include.sources.jobvite import Jobvite
from include.sources.join import Join
from include.sources.json_api import JsonApi
from include.sources.keka import Keka
from include.sources.lever import Lever
from include.sources.listing_page import ListingByLinks
from include.sources.manatal import Manatal
from include.sources.neogov import Neogov
from include.sources.oracle import Oracle
from include.sources.pageup import PageUp
from include.sources.paycom import Paycom
from include.sources.paylocity import Paylocity
from include.sources.personio import Personio
from include.sources.phenom import Phenom
from include.sources.pinpoint import Pinpoint
from include.sources.radancy import Radancy
from include.sources.recruitee import Recruitee
from include.sources.rippling import Rippling
from include.sources.sitemap import Sitemap
from include.sources.smartrecruiters import SmartRecruiters
from include.sources.softgarden import Softgarden
from include.sources.successfactors import SuccessFactors
from include.sources.taleo import Taleo
from include.sources.taleo_business import TaleoBusiness
from include.sources.teamtailor import Teamtailor
from include.sources.traffit import Traffit
from include.sources.trakstar import Trakstar
from include.sources.ultipro import UltiPro
from include.sources.workable import Workable
from include.sources.workatastartup import WorkAtAStartup
from include.sources.workday import Workday
from include.sources.zoho import Zoho

_ALL: tuple[Adapter, ...] = (
    Greenhouse(),
    Lever(),
    Ashby(),
    SmartRecruiters(),
    Workday(),
    Workable(),
    Recruitee(),
    Personio(),
    Teamtailor(),
    BambooHR(),
    Rippling(),
    Oracle(),
    Eightfold(),
    Icims(),
    SuccessFactors(),
    Gupy(),
    JazzHR(),
    Paycom(),
    Paylocity(),
    Phenom(),
    UltiPro(),
    AdpMyJobs(),
    AdpWorkforceNow(),
    ApplicantPro(),
    Avature(),
    Breezy(),
    CareerPlug(),
    Comeet(),
    Cornerstone(),
    Dayforce(),
    Deel(),
    Factorial(),
    Gem(),
    Gusto(),
    Herp(),
    HiBob(),
    Hireology(),
    Hrmos(),
    Jibe(),
    Jobvite(),
    Join(),
    Keka(),
    Manatal(),
    Neogov(),
    PageUp(),
    Pinpoint(),
    Radancy(),
    Softgarden(),
    Taleo(),
    TaleoBusiness(),
    Traffit(),
    Trakstar(),
    WorkAtAStartup(),
    Zoho(),
    Amazon(),
    Apple(),
    Google(),
    Sitemap(),
    ListingByLinks(),
    JsonApi(),
)
_ADAPTERS = {adapter.source: adapter for adapter in _ALL}


def facts_of(source: str) -> SourceFacts:
    """Return the facts that the source's adapter declares.

    If the source has no adapter, return the defaults of ``SourceFacts``.
    """
    adapter = _ADAPTERS.get(source)
    return adapter.facts if adapter else SourceFacts()


def sources() -> tuple[str, ...]:
    """Return the names of all sources that have an adapter."""
    return tuple(_ADAPTERS)


def adapter_for(source: str) -> Adapter:
    """Return the source's adapter.

    Raises SettingError, which lists the known sources, if the source has no adapter.
    """
    adapter = _ADAPTERS.get(source)
    if adapter is None:
        raise SettingError(
            "source", f"{source!r} is unknown; the known sources are {', '.join(_ADAPTERS)}"
        )
    return adapter


def check_config(company: Company) -> None:
    """Check the source, the config and the filters of ``company`` without a request.

    Raises SettingError if one of them is unusable. The error names the field, such as ``source``,
    ``config.board`` or ``include_titles``.
    """
    _adapter_of(company.source, company.config)
    check_filters(company)


def canonical_config(source: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the canonical form of ``config``.

    All configs of one board have the same canonical form. Raises SettingError, which names the
    field, if the source is unknown or the config is unusable.
    """
    return canonical(config, _adapter_of(source, config).config_keys)


def _adapter_of(source: str, config: Mapping[str, Any]) -> Adapter:
    """Return the source's adapter.

    Raises SettingError if the source has no adapter, or if ``config`` is unusable for it.
    """
    adapter = adapter_for(source)
    check_keys(config, adapter.config_keys)
    adapter.first_request(config)
    return adapter
