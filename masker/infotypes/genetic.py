"""Genetic data (GDPR art. 9): sequences, variants, genotypes and haplogroups."""

from masker.infotypes import Infotype

INFOTYPE = Infotype(
    name="genetic",
    title="genetic data",
    group="special",
    headers={
        "en": ("dna", "dna sequence", "genome", "genotype", "genetic", "genetic data", "genetic test", "haplogroup",
               "gene variant", "snp", "rsid", "mutation", "karyotype", "hla type", "str profile", "dna profile",
               "brca1", "brca status", "genetic marker", "allele", "alleles"),
        "de": ("genom", "genotyp", "genetik", "genetische daten", "gentest", "dna profil", "erbgut"),
        "fr": ("genome", "genotype", "adn", "donnees genetiques", "test genetique"),
        "es": ("genoma", "genotipo", "adn", "datos geneticos", "prueba genetica"),
        "pt": ("genoma", "genotipo", "adn", "dados geneticos", "teste genetico"),
        "it": ("genoma", "genotipo", "dati genetici", "test genetico"),
        "nl": ("genoom", "genotype", "genetische gegevens", "dna profiel"),
        "pl": ("genom", "genotyp", "dane genetyczne", "badanie genetyczne"),
        "ru": ("геном", "генотип", "днк", "генетические данные"),
        "zh": ("基因", "基因型", "基因组", "遗传信息"),
        "ja": ("遺伝子", "遺伝子型", "ゲノム", "遺伝情報"),
    },
    not_headers=("species", "count", "algorithm", "score", "version", "plant", "strain", "test date"),
    # Sequences, rs numbers, genotypes, HGVS variants, HLA alleles, haplogroups.
    pattern=r"[ACGTUN]{12,}|rs[0-9]{3,10}|[ACGT-][/|]?[ACGT-]|[cgpmn]\.[\w*>+=?()-]{3,40}|HLA-[A-Z0-9]{1,5}\*[0-9]{2}(?::[0-9]{2,3}){0,3}"
    r"|[0-3.][/|][0-3.]|4[67],X[XY](?:[,+-].{1,20})?|[A-Z][0-9][a-z0-9]{0,8}(?:-[A-Z][0-9]{1,6})?",
    quasi=True,
    sources=("GDPR art. 4(13) and 9(1)", "HGVS nomenclature 21.0", "NCBI dbSNP: rs numbers"),
)  # fmt: skip
