"""spaCy pipelines (https://spacy.io), from the folder of one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from masker.ner import Analyzer, Span, infotype_of, library


class Pipeline:
    """A loaded pipeline; it has one language, so that `lang` says nothing."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def analyze(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """The entities of each text that are of some infotype; spaCy gives no score."""
        return [
            [Span(e.start_char, e.end_char, kind) for e in document.ents if (kind := infotype_of(e.label_))]
            for document in self._pipeline.pipe(texts)
        ]


def load(path: Path) -> Analyzer:
    """Load a pipeline's folder. `spacy.load` of a `Path` reads that folder and nothing else."""
    return Pipeline(library("spacy").load(path))


ADAPTER = load
