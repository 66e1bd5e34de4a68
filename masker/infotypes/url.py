"""URLs: addresses of pages whose path or query may name a person (RFC 3986)."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="url",
    title="URL",
    group="web",
    headers={
        "en": (
            "url",
            "website",
            "web site",
            "homepage",
            "link",
            "referrer",
            "referer",
            "page url",
            "landing page",
            "profile url",
            "linkedin",
            "web page",
            "request url",
            "uri",
        ),
        "de": ("webseite", "internetseite", "verweis"),
        "fr": ("site web", "lien", "page web"),
        "es": ("sitio web", "enlace", "pagina web"),
        "pt": ("pagina web", "site"),
        "it": ("sito web", "collegamento"),
        "nl": ("webadres", "website"),
        "pl": ("strona internetowa", "adres strony"),
        "ru": ("сайт", "ссылка"),
        "zh": ("网址", "链接"),
        "ja": ("ホームページ", "ウェブサイト"),
    },
    not_headers=("type", "count", "id", "status", "api", "callback"),
    pattern=r"(?:https?|ftp)://[^\s]+|www\.[^\s]+\.[a-z]{2,}[^\s]*",
    accident=0.0001,
    sources=("RFC 3986",),
)
