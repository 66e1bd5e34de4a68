"""Machine-readable lines of passports and identity cards, with their check digits (ICAO Doc 9303 parts 3 to 6)."""

from masker.infotypes._kinds import Kind

_FACTORS = (7, 3, 1)


def check_digit(text: str) -> str:
    """The check digit of section 4.9: digits as they are, letters from 10, `<` 0, by 7, 3, 1 in turn, modulo 10.

    >>> check_digit("L898902C3"), check_digit("740812")
    ('6', '2')
    """
    values = (0 if sign == "<" else int(sign, 36) for sign in text)
    return str(sum(value * _FACTORS[place % 3] for place, value in enumerate(values)) % 10)


def validate(value: str) -> bool:
    """Whether the check digits of number, date of birth and expiry of the last line with numbers are right.

    >>> validate("L898902C36UTO7408122F1204159ZE184226B<<<<<10")
    True
    >>> validate("L898902C37UTO7408122F1204159ZE184226B<<<<<10")
    False
    """
    lines = value.split()
    if len(lines) == 3 or (len(lines) == 1 and len(value) == 90):
        first, second = (lines[0], lines[1]) if len(lines) == 3 else (value[:30], value[30:60])
        fields = ((first, 5, 14), (second, 0, 6), (second, 8, 14))
    else:
        line = lines[-1][-36:] if len(lines[-1]) in (36, 72) else lines[-1][-44:]
        fields = ((line, 0, 9), (line, 13, 19), (line, 21, 27))
    return all(check_digit(line[start:end]) == line[end] for line, start, end in fields)


KIND = Kind(
    name="mrz",
    title="machine-readable lines",
    pattern=r"(?:P[A-Z<][A-Z<]{42}\s?)?[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{16}"
    r"|(?:[ACIVP][A-Z<][A-Z<]{34}\s?)?[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{8}"
    r"|[ACI][A-Z0-9<]{29}\s?[0-9]{7}[MFX<][0-9]{7}[A-Z<]{3}[A-Z0-9<]{12}\s?[A-Z<]{30}",
    shape="?########?@@@#######M#######<<<<<<<<<<<<<<##",
    accident=0.005,
    validate=validate,
    sources=("ICAO Doc 9303 part 3 section 4.9", "ICAO Doc 9303 parts 4, 5 and 6"),
)
