"""Ethnic origin (GDPR art. 9): special category data."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="ethnicity",
    title="ethnic origin",
    group="special",
    headers={
        "en": ("ethnicity", "race", "ethnic origin", "ethnic group", "race ethnicity"),
        "de": ("ethnie", "ethnische herkunft", "ethnizitat", "ethnizitaet"),
        "fr": ("origine ethnique", "ethnie"),
        "es": ("etnia", "raza", "origen etnico"),
        "pt": ("etnia", "raca"),
        "it": ("etnia", "origine etnica", "razza"),
        "nl": ("etniciteit", "etnische afkomst"),
        "pl": ("pochodzenie etniczne", "rasa"),
        "ru": ("этническая принадлежность", "раса"),
        "zh": ("民族", "种族"),
        "ja": ("民族", "人種"),
    },
    not_headers=("count", "id", "time", "date", "results", "number"),
    quasi=True,
    sources=("GDPR art. 9(1)",),
)
