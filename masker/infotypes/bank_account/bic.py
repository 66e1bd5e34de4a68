"""Business identifier codes (BIC, SWIFT): four letters, a country of ISO 3166-1, two or five signs (ISO 9362)."""

from masker.infotypes._kinds import Kind

_COUNTRIES = frozenset(
    """AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI
    CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL
    GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ
    LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI
    NL NO NP NR NZ OM PA PE PF PG PH PK PL PM PR PS PT PY QA RE RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS
    ST SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM
    ZW""".split()
)


def validate(value: str) -> bool:
    """Whether the fifth and sixth letters are a country.

    >>> validate("DEUTDEFF500"), validate("DEUTQQFF")
    (True, False)
    """
    return value[4:6] in _COUNTRIES


KIND = Kind(
    name="bic",
    title="BIC",
    pattern=r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
    shape="@@@@@@??",
    accident=0.4,
    validate=validate,
    sources=("ISO 9362:2022", "ISO 3166-1:2020"),
)
