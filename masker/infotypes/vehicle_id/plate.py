"""Number plates and names of cars, as people write them: a header has to tell."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="plate",
    title="number plate or car",
    pattern=r"[^\W_][\w ·.'-]{2,40}",
    shape="@@-@@-####",
    accident=1.0,
    sources=("Vienna Convention on Road Traffic, annex 2",),
)
