"""Families of user agents: how they are told, and the plain form of their releases on each platform.

Own list of facts. Browsers say no more than this since they reduced their user agents: Chromium's "User-Agent
Reduction", Firefox's and Safari's frozen platform versions. Robots and libraries say their name and release.
"""

from collections.abc import Mapping
from functools import cache

OTHER = "other"
# The first expression that is found decides; those that also say another's name come first.
FAMILIES: Mapping[str, str] = {
    "Googlebot": r"Googlebot",
    "bingbot": r"bingbot",
    "robot": r"(?i)bot\b|crawler|spider|slurp|archiver|monitor|uptime|facebookexternalhit",
    "Edge": r"Edg(?:e|A|iOS)?/",
    "Opera": r"OPR/|Opera|OPT/",
    "Samsung Internet": r"SamsungBrowser/",
    "Firefox": r"Firefox/|FxiOS/",
    "Chrome": r"Chrome/|CriOS/|Chromium/",
    "Internet Explorer": r"MSIE |Trident/",
    "Safari": r"Safari/|AppleWebKit/",
    "curl": r"\A(?:lib)?curl",
    "Wget": r"\AWget",
    "python-requests": r"python-requests",
    "Python": r"(?i)\A(?:python|aiohttp)",
    "okhttp": r"okhttp",
    "Go": r"Go-http-client",
    "Java": r"(?i)\AJava/|Apache-HttpClient",
    "axios": r"axios|node-fetch|undici",
    "Postman": r"PostmanRuntime",
    "Dalvik": r"\ADalvik/",
    "CFNetwork": r"CFNetwork/",
}
PLATFORMS: Mapping[str, str] = {
    "iPhone": r"iPhone|iPod",
    "iPad": r"iPad",
    "Android": r"Android",
    "ChromeOS": r"CrOS",
    "Windows": r"Windows",
    "macOS": r"Macintosh|Mac OS X|Darwin",
    "Linux": r"Linux|X11",
}

_BLINK = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 {}Safari/537.36{}"
_WEBKIT = "Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) {} {}Safari/604.1"
_SYSTEMS = {
    "Windows": "Windows NT 10.0; Win64; x64",
    "macOS": "Macintosh; Intel Mac OS X 10_15_7",
    "Linux": "X11; Linux x86_64",
    "ChromeOS": "X11; CrOS x86_64 14541.0.0",
    "Android": "Linux; Android 10; K",
    "iPhone": "iPhone; CPU iPhone OS 17_5 like Mac OS X",
    "iPad": "iPad; CPU OS 17_5 like Mac OS X",
}
_RELEASES = range(116, 132)
_TOOLS = {
    "Googlebot": ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"],
    "bingbot": ["Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"],
    "robot": ["Mozilla/5.0 (compatible; Robot/1.0)"],
    "Internet Explorer": ["Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"],
    "curl": [f"curl/8.{minor}.0" for minor in range(8)],
    "Wget": ["Wget/1.20.3", "Wget/1.21.3", "Wget/1.21.4"],
    "python-requests": [f"python-requests/2.{minor}.0" for minor in range(25, 33)],
    "Python": [f"Python-urllib/3.{minor}" for minor in range(8, 14)],
    "okhttp": [f"okhttp/4.{minor}.0" for minor in range(8, 13)],
    "Go": ["Go-http-client/1.1", "Go-http-client/2.0"],
    "Java": ["Java/11.0.22", "Java/17.0.10", "Java/21.0.2"],
    "axios": [f"axios/1.{minor}.0" for minor in range(8)],
    "Postman": [f"PostmanRuntime/7.{minor}.0" for minor in range(32, 40)],
    "Dalvik": ["Dalvik/2.1.0 (Linux; U; Android 10; K)"],
    "CFNetwork": ["App/1.0 CFNetwork/1410.0.3 Darwin/22.6.0", "App/1.0 CFNetwork/1490.0.4 Darwin/23.2.0"],
    OTHER: ["Mozilla/5.0 (compatible)"],
}


@cache
def agents() -> dict[tuple[str, str], list[str]]:
    """The user agents by family and platform; under `OTHER`, those for a platform that the family is not on."""
    found = {(family, OTHER): pool for family, pool in _TOOLS.items()}
    for platform, system in _SYSTEMS.items():
        if platform in ("iPhone", "iPad"):
            _add_ios(found, platform, system)
            continue
        mobile = "Mobile " if platform == "Android" else ""
        for family, tail in (("Chrome", ""), ("Edge", " Edg/{}.0.0.0"), ("Opera", " OPR/{}.0.0.0")):
            found[family, platform] = [
                _BLINK.format(system, release, mobile, tail.format(release - (16 if family == "Opera" else 0)))
                for release in _RELEASES
            ]
        gecko = "Android 10; Mobile" if platform == "Android" else system.replace("10_15_7", "10.15")
        trail = "{0}.0" if platform == "Android" else "20100101"
        found["Firefox", platform] = [
            f"Mozilla/5.0 ({gecko}; rv:{release}.0) Gecko/{trail.format(release)} Firefox/{release}.0"
            for release in _RELEASES
        ]
    found["Samsung Internet", "Android"] = [
        f"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/{release}.0 "
        f"Chrome/{90 + release}.0.0.0 Mobile Safari/537.36"
        for release in range(22, 27)
    ]
    found["Safari", "macOS"] = [
        _WEBKIT.format(_SYSTEMS["macOS"], f"Version/17.{minor}", "").replace("604.1", "605.1.15") for minor in range(6)
    ]
    for family, platform in (("Chrome", "Windows"), ("Edge", "Windows"), ("Opera", "Windows"), ("Firefox", "Windows"),
                             ("Safari", "macOS"), ("Samsung Internet", "Android")):  # fmt: skip
        found[family, OTHER] = found[family, platform]
    return found


def _add_ios(found: dict[tuple[str, str], list[str]], platform: str, system: str) -> None:
    for family, name in (("Chrome", "CriOS/{}.0.0.0"), ("Firefox", "FxiOS/{}.0"), ("Edge", "EdgiOS/{}.0.0.0")):
        found[family, platform] = [_WEBKIT.format(system, name.format(each), "Mobile/15E148 ") for each in _RELEASES]
    found["Safari", platform] = [_WEBKIT.format(system, f"Version/17.{minor}", "Mobile/15E148 ") for minor in range(6)]
