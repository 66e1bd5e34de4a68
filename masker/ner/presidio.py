"""Presidio's analyzer (https://microsoft.github.io/presidio) over a spaCy pipeline, from the folder of one.

Its pattern recognizers are left out: masker has its own, and the one for e-mails fetches a list from the network.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from masker.ner import Analyzer, Span, infotype_of, library


class Engine:
    """An analyzer engine that knows one language, the one it is first asked for."""

    def __init__(self, presidio: Any, path: Path) -> None:
        self._presidio, self._path = presidio, path
        self._engines: dict[str, Any] = {}

    def analyze(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """The entities of each text with Presidio's score."""
        if lang not in self._engines:
            self._engines[lang] = self._engine(lang)
        engine = self._engines[lang]
        return [
            [
                Span(e.start, e.end, kind, e.score)
                for e in engine.analyze(text=text, language=lang)
                if (kind := infotype_of(e.entity_type))
            ]
            for text in texts
        ]

    def _engine(self, lang: str) -> Any:
        models = [{"lang_code": lang, "model_name": str(self._path)}]
        # The model's name is a folder that is there: Presidio then has nothing to download.
        engine = self._presidio.nlp_engine.SpacyNlpEngine(models=models)
        recognizer = self._presidio.predefined_recognizers.SpacyRecognizer(supported_language=lang)
        registry = self._presidio.RecognizerRegistry(recognizers=[recognizer], supported_languages=[lang])
        return self._presidio.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[lang])


def load(path: Path) -> Analyzer:
    """Prepare an engine over the pipeline's folder."""
    presidio = library("presidio_analyzer")
    library("presidio_analyzer.nlp_engine")
    library("presidio_analyzer.predefined_recognizers")
    return Engine(presidio, path)


ADAPTER = load
