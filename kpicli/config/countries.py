"""The holidays of countries, as the `holidays` library knows them.

Loading one country through the library loads all 250 of them, a tenth of a second of every run that
counts working days. Here only the country that is asked for is loaded.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from kpicli.errors import did_you_mean

if TYPE_CHECKING:
    from holidays import HolidayBase

_COUNTRIES = "holidays.countries"
_LONGEST_CODE = 3
SURE = """
    AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN
    HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK
    LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE
    NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA
    SB SC SE SG SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT
    TV TW TZ UA UG UK UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """
"""Countries that the library knows from release 0.80 on, the oldest one that is taken."""


def wrong(country: str, subdivision: str | None) -> Iterator[str]:
    """Tell where no holidays are known of a country (an ISO code), or of its part."""
    if country in SURE.split() and subdivision is None:
        return
    import holidays  # noqa: PLC0415 (large, and only for calendars of a country)
    from holidays.registry import COUNTRIES, FINANCIAL  # noqa: PLC0415

    if any(country in named for named in (*COUNTRIES.values(), *FINANCIAL.values())):
        if subdivision is None:
            return
        try:
            days_off(country, subdivision, ())
        except NotImplementedError:  # how the library says that a country has no such part
            parts = ", ".join(getattr(holidays, country).subdivisions) or "it has none"
            yield f"'{subdivision}' is no part of {country}: {parts}"
        return
    known = [code for named in COUNTRIES.values() for code in named if len(code) <= _LONGEST_CODE]
    hint = did_you_mean(country, known) or "list them in add"
    yield f"no holidays are known of '{country}'; {hint}"


def days_off(country: str, subdivision: str | None, years: Iterable[int]) -> set[dt.date]:
    """Return the holidays of a country, of its part, or of a market such as NYSE, in `years`."""
    return set(_known(country, subdivision, tuple(years)))


def days_worked(country: str, subdivision: str | None, years: Iterable[int]) -> set[dt.date]:
    """Return the days at weekends in `years` that are worked for a holiday on another day."""
    return set(_known(country, subdivision, tuple(years)).weekend_workdays)


@cache
def _known(country: str, subdivision: str | None, years: tuple[int, ...]) -> HolidayBase:
    import holidays  # noqa: PLC0415
    from holidays.registry import FINANCIAL  # noqa: PLC0415

    is_market = any(country in named for named in FINANCIAL.values())
    with nullcontext() if is_market else _alone(holidays):
        found: HolidayBase = getattr(holidays, country)(subdiv=subdivision, years=years)
        return found


@contextmanager
def _alone(holidays: ModuleType) -> Iterator[None]:
    """Let modules of countries be loaded without their package, which loads all of them."""
    if _COUNTRIES in sys.modules:
        yield
        return
    package = ModuleType(_COUNTRIES)
    package.__path__ = [f"{folder}/countries" for folder in holidays.__path__]
    sys.modules[_COUNTRIES] = package
    try:
        yield
    finally:
        del sys.modules[_COUNTRIES]
