"""GLiNER models (https://github.com/urchade/GLiNER), from a folder with weights and `gliner_config.json`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from masker.ner import Analyzer, Span, infotype_of, library

LABELS = ("person", "address", "city", "organization", "email", "phone number", "date of birth", "medical condition",
          "credit card number", "passport number", "username", "password", "religion", "nationality")  # fmt: skip
"""What the model is asked for: GLiNER takes any words as labels."""


class Model:
    """A loaded model; it reads many languages, so that `lang` says nothing."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def analyze(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """The spans of each text with the model's score."""
        return [
            [
                Span(e["start"], e["end"], infotype_of(e["label"]), e["score"])
                for e in self._model.predict_entities(text, LABELS)
            ]
            for text in texts
        ]


def load(path: Path) -> Analyzer:
    """Load a model's folder, with the hub's client told twice that it is offline."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    return Model(library("gliner").GLiNER.from_pretrained(str(path), local_files_only=True))


ADAPTER = load
