"""Religion or belief (GDPR art. 9): special category data."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="religion",
    title="religion or belief",
    group="special",
    headers={
        "en": ("religion", "faith", "denomination", "religious belief", "church"),
        "de": ("konfession", "religion", "religionszugehoerigkeit", "religionszugehorigkeit", "kirchensteuermerkmal"),
        "fr": ("religion", "confession", "croyance"),
        "es": ("religion", "confesion religiosa"),
        "pt": ("religiao", "crenca"),
        "it": ("religione", "confessione"),
        "nl": ("godsdienst", "geloof", "religie"),
        "pl": ("wyznanie", "religia"),
        "ru": ("религия", "вероисповедание"),
        "zh": ("宗教", "宗教信仰"),
        "ja": ("宗教",),
    },
    not_headers=("count", "id"),
    quasi=True,
    sources=("GDPR art. 9(1)",),
)
