"""Words that the sample data is made of: names, streets, places and note templates of four countries.

Given and family names are among the most frequent of each country (plain facts of official statistics, written down
here by hand); every combination is drawn, so no row describes a real person. Telephone ranges are those that each
country keeps for fiction where it has any (sources beside them).
"""

from typing import NamedTuple


class Place(NamedTuple):
    """A city with a postal code pattern (`#` is a digit) and its region."""

    city: str
    postal: str
    region: str


class Country(NamedTuple):
    """What one country contributes to the sample."""

    code: str
    locale: str
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]
    streets: tuple[str, ...]
    street_style: str
    places: tuple[Place, ...]
    phones: tuple[str, ...]
    notes: tuple[str, ...]


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split(";"))


US = Country(
    code="US",
    locale="en_US",
    female=_split("Mary;Patricia;Jennifer;Linda;Barbara;Susan;Jessica;Karen;Sarah;Nancy;Emily;Olivia;Grace;Chloe"),
    male=_split("James;Robert;John;Michael;David;William;Richard;Joseph;Thomas;Daniel;Matthew;Anthony;Mark;Sean"),
    family=_split("Smith;Johnson;Williams;Brown;Jones;Miller;Davis;Wilson;Anderson;Taylor;Moore;Jackson;O'Brien;McCoy"),
    streets=_split("Maple Avenue;Oak Street;Cedar Lane;Elm Drive;Washington Boulevard;Lake Road;Hill Street"),
    street_style="{number} {street}",
    places=(
        Place("Springfield", "627##", "Illinois"),
        Place("Portland", "972##", "Oregon"),
        Place("Austin", "787##", "Texas"),
        Place("Columbus", "432##", "Ohio"),
        Place("Albany", "122##", "New York"),
    ),
    # NANP: 555-0100 to 555-0199 of every area code are for fiction (ATIS-0300115).
    phones=_split("+1 217 555 01##;(503) 555-01##;+1-512-555-01##;614.555.01##;+1 518 555 01##"),
    notes=(
        'Called {first} back on {phone}, "very happy", wants the June offer.',
        "{first} {last} moved; new address to follow by mail to {email}.",
        "Dear {first}, your refund is on its way.\nRegards, the service desk",
        'Prefers to be called "{first}", never before 9 am.',
    ),
)

DE = Country(
    code="DE",
    locale="de_DE",
    female=_split("Anna;Maria;Ursula;Monika;Petra;Sabine;Renate;Katrin;Julia;Lena;Änne;Zoë;Heike"),
    male=_split("Peter;Michael;Thomas;Andreas;Wolfgang;Klaus;Jürgen;Günter;Stefan;Jörg;Björn;Lukas;Max;Götz"),
    family=_split("Müller;Schmidt;Schneider;Fischer;Weber;Meyer;Wagner;Becker;Schäfer;Köhler;Groß;von der Heide;Kühn"),
    streets=_split("Hauptstraße;Schulstraße;Gartenweg;Bahnhofstraße;Am Mühlbach;Dorfplatz;Lindenallee"),
    street_style="{street} {number}",
    places=(
        Place("Berlin", "10###", "Berlin"),
        Place("München", "80###", "Bayern"),
        Place("Hamburg", "20###", "Hamburg"),
        Place("Köln", "50###", "Nordrhein-Westfalen"),
        Place("Frankfurt am Main", "60###", "Hessen"),
    ),
    # Bundesnetzagentur, numbers for media productions ("Drama Numbers"), notice 148/2021.
    phones=_split("+49 (30) 23125-###;030/23125###;+49 89 99998 0##;0221 4710 ###;+49 (0)69 90009-###;0171 39200 ##"),
    notes=(
        'Frau/Herr {last} bittet um Rückruf unter {phone}; "eilt".',
        "Kundin {first} {last} reklamiert: Lieferung unvollständig, Antwort an {email}.",
        "Sehr geehrte/r {first} {last},\r\nvielen Dank für Ihren Besuch.\r\nIhr Team",
        "Möchte künftig keine Werbung mehr.",
    ),
)

FR = Country(
    code="FR",
    locale="fr_FR",
    female=_split("Marie;Nathalie;Isabelle;Sylvie;Catherine;Françoise;Hélène;Chloé;Zoé;Aurélie;Inès;Anne-Marie"),
    male=_split("Jean;Philippe;Michel;Alain;Patrick;Nicolas;François;Rémi;Loïc;Hervé;Benoît;Jean-Luc"),
    family=_split("Martin;Bernard;Dubois;Petit;Durand;Leroy;Moreau;Lefèvre;Garnier;D'Arcy;Le Gall;Bérenger"),
    streets=_split("rue de la Paix;avenue Victor-Hugo;rue des Écoles;place du Marché;chemin du Moulin;rue de l'Église"),
    street_style="{number}, {street}",
    places=(
        Place("Paris", "750##", "Île-de-France"),
        Place("Lyon", "690##", "Auvergne-Rhône-Alpes"),
        Place("Marseille", "130##", "Provence-Alpes-Côte d'Azur"),
        Place("Nantes", "440##", "Pays de la Loire"),
        Place("Lille", "590##", "Hauts-de-France"),
    ),
    # Arcep, decision 2012-0856: numbers for audiovisual works.
    phones=_split("01 99 00 ## ##;+33 2 61 91 ## ##;03.53.01.##.##;+33 (0)4 65 71 ## ##;05 36 49 ## ##"),
    notes=(
        "Rappeler {first} {last} au {phone} après 18 h.",
        "Cher/Chère {first}, votre dossier est clos; copie à {email}.",
        "Préfère le français ; n'aime pas « les courriels » trop longs.",
        "Livraison : sonner chez {last}, 2e étage.",
    ),
)

ES = Country(
    code="ES",
    locale="es_ES",
    female=_split("María;Carmen;Ana;Isabel;Dolores;Pilar;Teresa;Lucía;Begoña;Inés;Nuria;María José"),
    male=_split("Antonio;José;Manuel;Francisco;Javier;Carlos;Jesús;Ángel;Álvaro;Íñigo;Rubén;Óscar"),
    family=_split("García López;Fernández;Martínez Ruiz;Sánchez;Pérez;Gómez;Muñoz;Núñez;Ibáñez;de la Cruz;Peña"),
    streets=_split("Calle Mayor;Avenida de la Constitución;Plaza de España;Calle del Sol;Paseo Marítimo"),
    street_style="{street}, {number}",
    places=(
        Place("Madrid", "280##", "Comunidad de Madrid"),
        Place("Sevilla", "410##", "Andalucía"),
        Place("Valencia", "460##", "Comunitat Valenciana"),
        Place("A Coruña", "150##", "Galicia"),
        Place("Zaragoza", "500##", "Aragón"),
    ),
    # Spain keeps no range for fiction; its plan gives no subscriber a number that starts with 5 (as of 2025).
    phones=_split("+34 555 01# ###;555 02 ## ##;+34555 03####"),
    notes=(
        "Llamar a {first} al {phone}, por favor; «urgente».",
        "{first} {last} pide factura a {email}.",
        "Estimado/a {first}:\nsu pedido ya salió.\nUn saludo",
        "Cliente desde hace años, sin incidencias.",
    ),
)

COUNTRIES: tuple[Country, ...] = (US, DE, FR, ES)

JOBS = _split(
    "Accountant;Sachbearbeiterin;Développeur;Ingeniera;Head of Sales;Team Lead;Buchhalter;Comptable;Analyst;Technician"
)
COMPANIES = _split(
    "Nordwind Logistik GmbH;Blue Harbor Freight LLC;Atelier du Port SARL;Talleres Sierra S.L.;Lindner & Söhne KG;"
    "Copper Creek Foods Inc.;Papeterie des Alpes SAS;Viñedos del Ebro S.A.;Kontor Elbe AG;Granite Tools Corp."
)
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "curl/8.8.0",
)
PATHS = ("/", "/login", "/products", "/products/4711", "/cart", "/checkout", "/account/orders", "/help", "/imprint")
