"""Great Britain's driver numbers: surname, decade, month and day of birth, initials, and what makes them differ.

DVLA; in women's numbers the month is 50 more. No public check digit.
"""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="gb_dvla",
    title="driver number of Great Britain",
    pattern=r"[A-Z](?:[A-Z]{4}|[A-Z]{1,3}9{1,3})[0-9](?:[05][1-9]|[16][0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9][A-Z][A-Z9][0-9A-Z]{3}",
    shape="@@@@@######@@#@@",
    accident=0.09,
    sources=("DVLA INF45P: driver number",),
)
