"""Trade union membership (GDPR art. 9): special category data."""

from masker.infotypes import Infotype
from masker.infotypes._fold import folded_words
from masker.infotypes._words import known_words

_WORDS = known_words(
    """
    afiliado, afl-cio, afscme, aft, aslef, ccoo, cfdt, cfe-cgc, cftc, cgil, cgt, cgtp, cisl, cnt, cnv, csif, cut,
    cwa, cwu, czlonek, dbb, evg, fnv, fo, forca sindical, force ouvriere, forum zwiazkow zawodowych, gdl, gdp,
    geen lid, gew, gmb, ibew, ig bau, ig bce, ig metall, iscritto, kein mitglied, lid, marburger bund, member,
    mitglied, nao sindicalizado, nasuwt, nea, ngg, no afiliado, non iscritto, non syndique, non-member, nonmember,
    not a member, opzz, prospect, rmt, seiu, sindicalizado, solidaires, solidarnosc, sud, syndique, teamsters, uaw,
    ucu, ugl, ugt, ugt portugal, uil, union member, unison, unite, unite here, unsa, usdaw, uso, vcp, ver.di,
    verdi, не состоит, состоит, фнпр, 会员, 全労連, 是会员, 組合員, 連合, 非会员, 非組合員
    """
)


def validate(value: str) -> bool:
    """Whether it is one of the usual words, in any of the lexicon's languages; case and accents do not matter.

    >>> validate("IG Metall"), validate("Blue")
    (True, False)
    """
    return _WORDS.holds(value)


INFOTYPE = Infotype(
    name="union_membership",
    title="trade union membership",
    group="special",
    headers={
        "en": ("trade union", "union member", "union membership", "labor union", "labour union",
               "trade union membership", "union dues", "union name"),
        "de": ("gewerkschaft", "gewerkschaftsmitglied", "gewerkschaftszugehoerigkeit", "gewerkschaftszugehörigkeit",
               "gewerkschaftsbeitrag"),
        "fr": ("syndicat", "adhesion syndicale", "appartenance syndicale", "syndique"),
        "es": ("sindicato", "afiliacion sindical", "cuota sindical"),
        "pt": ("sindicato", "filiacao sindical", "sindicalizado"),
        "it": ("sindacato", "iscrizione sindacale", "tessera sindacale"),
        "nl": ("vakbond", "vakbondslid", "vakbondslidmaatschap"),
        "pl": ("zwiazek zawodowy", "przynaleznosc zwiazkowa"),
        "ru": ("профсоюз", "член профсоюза", "профсоюзное членство"),
        "zh": ("工会", "工会会员"),
        "ja": ("労働組合", "組合員", "組合加入"),
    },
    not_headers=("count", "credit", "id", "square", "student"),
    pattern=r"[^\W\d_](?:[\w .,'’()/&-]{0,60}[\w.)])?|[A-Z][0-9]?",
    validate=validate,
    # Words mean other things too: a header or a table of people has to speak.
    accident=0.5,
    canonical=folded_words,
    reads_all=True,
    quasi=True,
    sources=("GDPR art. 9(1)",),
)  # fmt: skip
