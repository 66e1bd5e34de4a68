"""What every test shares: no time limit on single examples, since a loaded machine is no defect."""

from hypothesis import settings

settings.register_profile("masker", deadline=None)
settings.load_profile("masker")
