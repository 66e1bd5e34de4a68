"""User-agent strings of browsers, apps and robots (RFC 9110, section 10.1.5)."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="user_agent",
    title="user agent",
    group="web",
    headers={
        "en": ("user agent", "useragent", "ua", "http user agent", "browser agent", "user agent string", "browser"),
        "de": ("browserkennung",),
        "fr": ("agent utilisateur", "navigateur"),
        "es": ("agente de usuario", "navegador"),
        "zh": ("浏览器", "用户代理"),
        "ja": ("ユーザーエージェント", "ブラウザ"),
        "pt": ("agente do usuario", "navegador"),
        "it": ("agente utente",),
        "nl": ("browserkenmerk",),
        "pl": ("przegladarka",),
        "ru": ("браузер", "юзер агент"),
    },
    not_headers=("type", "family", "version", "count", "id", "name", "os"),
    pattern=r"[A-Za-z][\w.+ -]{1,40}/[0-9][\w.]*(?:[ ;(/].{0,600})?",
    accident=0.001,
    quasi=True,
    sources=("RFC 9110 section 10.1.5",),
)
