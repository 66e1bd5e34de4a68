"""Words, letters and codes for a gender in eleven languages, forms of address, and ISO/IEC 5218 (1 male, 2 female)."""

FEMALE = (
    "f", "female", "w", "weiblich", "frau", "woman", "girl", "femme", "féminin", "féminine", "feminin", "mujer",
    "femenino", "hembra", "femminile", "donna", "feminino", "mulher", "vrouw", "vrouwelijk", "k", "kobieta", "ж",
    "жен", "женский", "женщина", "女", "女性", "2", "mrs", "mrs.", "ms", "ms.", "miss", "mme", "mme.", "mlle",
    "madame", "mademoiselle", "sra", "sra.", "señora", "signora", "sig.ra", "mevrouw",
)  # fmt: skip
MALE = (
    "m", "male", "man", "boy", "männlich", "mann", "herr", "h", "homme", "masculin", "hombre", "masculino", "varón",
    "varon", "maschile", "maschio", "uomo", "homem", "mannelijk", "mężczyzna", "м", "муж", "мужской", "мужчина",
    "男", "男性", "1", "mr", "mr.", "monsieur", "sr", "sr.", "señor", "signor", "sig.", "meneer", "dhr",
)  # fmt: skip
OTHER = (
    "d", "divers", "diverse", "x", "nonbinary", "non-binary", "other", "unknown", "u", "n/a", "0", "9", "autre",
    "otro", "inny",
)  # fmt: skip
"""Neither, unknown or not said: a fake person's gender is then drawn."""
