"""NER as a plug-in: a tiny fake stands for the models; nothing is imported or fetched unless it is asked for."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from click.testing import CliRunner
from scan_tables import table

from masker.cli import group
from masker.config import project_config
from masker.errors import UsageError
from masker.ner import ADAPTERS, Recogniser, Span, infotype_of, recogniser
from masker.scan import scan
from masker.snapshot import Table

MARK = "quixotewhq"


class Tiny:
    """Knows one name; what it should do wrong is up to the test."""

    def __init__(self, path: Path | None = None, fault: str = "") -> None:
        self.path, self.fault = path, fault
        self.asked: list[str] = []
        self.langs: set[str] = set()

    def analyze(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        self.asked += texts
        self.langs.add(lang)
        if self.fault == "raise":
            raise ValueError(f"cannot read {texts[0]}")
        spans = [
            [Span(text.index("Zork"), text.index("Zork") + 4, "person_name", 0.9)] if "Zork" in text else []
            for text in texts
        ]
        return spans[1:] if self.fault == "short" else spans


def contains(model: Recogniser | None, texts: list[str]) -> tuple[str, ...]:
    data = table({"remark_x": texts})
    found = scan([(Table("t", data.schema), lambda: iter(data.to_batches()))], source="t", model=model)
    return found.tables[0].columns[0].contains


TEXTS = [f"on day {n} we met Zork by the river" for n in range(12)]


def test_what_the_model_sees_in_texts_is_contained() -> None:
    tiny = Tiny()
    assert contains(None, TEXTS) == ()
    assert contains(Recogniser(tiny, "de"), TEXTS) == ("person_name",)
    assert tiny.langs == {"de"}


def test_a_single_text_is_not_enough_for_a_model() -> None:
    assert contains(Recogniser(Tiny()), [*(text.replace("Zork", "him") for text in TEXTS), TEXTS[0]]) == ()


def test_the_model_is_not_asked_for_numbers_and_single_words() -> None:
    tiny = Tiny()
    for values in (["1", "2"] * 9, ["Zork", "Bork"] * 9):
        contains(Recogniser(tiny), values)
    assert tiny.asked == []


@pytest.mark.parametrize("fault", ["raise", "short"])
def test_a_model_that_fails_is_told_of_without_its_words(fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        contains(Recogniser(Tiny(fault=fault)), [f"{MARK} {text}" for text in TEXTS])
    assert caught.value.code == "ner"
    assert MARK not in str(caught.value)


@pytest.mark.parametrize("asked", ["", "spacy", "spacy=", "=x", "spacy:de="])
def test_another_form_is_a_usage_error(asked: str) -> None:
    with pytest.raises(UsageError) as caught:
        recogniser(asked)
    assert caught.value.code == "usage"


def test_an_unknown_adapter_gets_a_near_match(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        recogniser(f"spacey={tmp_path}")
    assert caught.value.hint == "did you mean `spacy`?"


def test_a_path_that_is_not_there_is_never_a_name_to_download(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        recogniser(f"gliner={tmp_path / 'urchade'}")
    assert caught.value.code == "ner"
    assert "downloads none" in caught.value.hint


def test_an_adapter_of_an_entry_point_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("tiny_ner")
    module.load = Tiny  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tiny_ner", module)
    point = EntryPoint("tiny", "tiny_ner:load", "masker.ner")
    monkeypatch.setitem(ADAPTERS._foreign, "tiny", point)
    loaded = recogniser(f"tiny:pl={tmp_path}")
    assert isinstance(loaded.analyzer, Tiny)
    assert (loaded.analyzer.path, loaded.lang) == (tmp_path, "pl")
    assert contains(loaded, TEXTS) == ("person_name",)


def test_a_library_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gliner", None)
    with pytest.raises(UsageError) as caught:
        recogniser(f"gliner={tmp_path}")
    assert (caught.value.code, caught.value.hint) == ("ner", "`pip install gliner`")


def test_spacy_is_given_a_path_and_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    entity = SimpleNamespace(start_char=3, end_char=7, label_="PER")
    pipeline = SimpleNamespace(pipe=lambda texts: [SimpleNamespace(ents=[entity]) for _ in texts])
    fake = SimpleNamespace(load=lambda path: (given.append(path), pipeline)[1])
    monkeypatch.setitem(sys.modules, "spacy", fake)
    assert recogniser(f"spacy={tmp_path}").spans(["a", "b"]) == [[Span(3, 7, "person_name")]] * 2
    assert given == [tmp_path]


def test_gliner_is_told_to_stay_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("TRANSFORMERS_OFFLINE", "0")
    given: dict[str, object] = {}
    entity = {"start": 0, "end": 4, "label": "person", "score": 0.8}

    def from_pretrained(path: str, **options: object) -> object:
        given.update(options, path=path)
        return SimpleNamespace(predict_entities=lambda text, labels: [entity])

    monkeypatch.setitem(sys.modules, "gliner", SimpleNamespace(GLiNER=SimpleNamespace(from_pretrained=from_pretrained)))
    assert recogniser(f"gliner={tmp_path}").spans(["Anna"]) == [[Span(0, 4, "person_name", 0.8)]]
    assert given == {"path": str(tmp_path), "local_files_only": True}


@pytest.mark.parametrize(
    ("label", "infotype"),
    [("PERSON", "person_name"), ("B-LOC", ""), ("GPE", "city"), ("DATE", ""), ("phone-number", "phone")],
)
def test_labels_of_models_become_infotypes(label: str, infotype: str) -> None:
    assert infotype_of(label) == infotype


def test_the_command_tells_of_a_missing_model_and_reads_nothing(tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    source.write_text("a,b\n1,2\n")
    done = CliRunner().invoke(group, ["scan", str(source), "--ner", f"spacy={tmp_path / 'none'}"])
    assert isinstance(done.exception, UsageError)
    assert done.exception.code == "ner"


def test_settings_that_others_may_write_name_no_model(tmp_path: Path) -> None:
    (tmp_path / "masker.yaml").write_text("ner: spacy=models/de\n")
    (tmp_path / "masker.yaml").chmod(0o644)
    assert project_config(tmp_path).options == {"ner": "spacy=models/de"}
    (tmp_path / "masker.yaml").chmod(0o666)
    with pytest.raises(UsageError):
        project_config(tmp_path)


def test_nothing_of_it_is_imported_unless_asked_for() -> None:
    names = ("spacy", "gliner", "presidio_analyzer", "torch", "masker.ner.spacy")
    code = f"import sys, masker.scan; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
