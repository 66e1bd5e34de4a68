"""Reads agreement files: strict YAML, checked key by key, with the line and character of every mistake."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from masker.agreement import BUILT_IN, Agreement, Notice, Purpose, Terms
from masker.agreement.file import AgreementFile, ExcludeRule, PurposeRule, RecipientRule
from masker.errors import Place, UsageError
from masker.exclusion import Exclusion
from masker.infotypes import INFOTYPES
from masker.yaml_text import Kind, YamlText, as_usage_error, read_yaml

_KIND = Kind(
    "agreement-file", "agreement file", "an", "masker-agreement: 1", "masker show agreement-schema", dates=True
)
_LARGEST_LIST = 64 << 20  # bytes


@dataclass(frozen=True)
class LoadedAgreement:
    """An agreement with where its lines stand: `place("recipients", "staff")` for what is said about them."""

    agreement: Agreement
    text: YamlText

    def place(self, *path: str) -> Place:
        """The position of the deepest known part of `path` in the file."""
        return self.text.place(*path)


def load_agreement(path: str) -> Agreement:
    """The agreement in the file at `path`, or the built-in one where `path` is "".

    Raises `UsageError` (`agreement-file`) with file:line:character.
    """
    return read_agreement(Path(path)).agreement if path else BUILT_IN


def read_agreement(path: Path) -> LoadedAgreement:
    """Read and check an agreement file; raises `UsageError` (`agreement-file`) with file:line:character."""
    if not _is_file(path):
        raise UsageError("agreement-file", "there is no such agreement file", "check the path", Place(file=path.name))
    text = read_yaml(path, _KIND)
    try:
        file = AgreementFile.model_validate(text.tree)
    except ValidationError as error:
        raise as_usage_error(error, _KIND, AgreementFile, text) from None
    agreement = Agreement(
        customer=file.customer,
        reference=file.reference,
        policy=file.policy.name,
        policy_version=file.policy.version,
        purposes={name: _purpose(name, rule, text) for name, rule in file.purposes.items()},
        recipients={name: _terms(name, rule, file.purposes, text) for name, rule in file.recipients.items()},
        order_forms=file.order_forms,
        statements_of_work=file.statements_of_work,
        starts=file.valid.from_,
        ends=file.valid.until,
        notices=tuple(
            Notice(each.date, each.about, each.told, each.answer, each.by or "", each.policy_version or "")
            for each in file.notices
        ),
        exclude=tuple(_exclusion(rule, path, text.place("exclude", str(n))) for n, rule in enumerate(file.exclude)),
    )
    return LoadedAgreement(agreement, text)


def _purpose(name: str, rule: PurposeRule, text: YamlText) -> Purpose:
    known = BUILT_IN.purposes.get(name)
    words = rule.text or (known.text if known else None)
    longest = rule.longest or (known.longest if known else None)
    if words is None or longest is None:
        missing = "text" if words is None else "longest"
        near = get_close_matches(name, BUILT_IN.purposes, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "only the purposes of `masker show purposes` have one already"
        raise UsageError("agreement-file", f"this purpose needs a `{missing}`", hint, text.place("purposes", name))
    return Purpose(words, longest, rule.dpv or (known.dpv if known else ""))


def _terms(name: str, rule: RecipientRule, purposes: Mapping[str, object], text: YamlText) -> Terms:
    _require_known(rule.never_keep, INFOTYPES, "infotype", text.place("recipients", name, "never_keep"))
    _require_known(rule.purposes or (), purposes, "purpose", text.place("recipients", name, "purposes"))
    return Terms(
        reversible=rule.reversible if rule.reversible is not None else name == "staff",
        k=rule.require.k,
        l=rule.require.l,
        unique=rule.require.unique,
        never_keep=rule.never_keep,
        own_pseudonyms=rule.own_pseudonyms,
        purposes=rule.purposes,
    )


def _require_known(names: tuple[str, ...], known: Mapping[str, object], kind: str, place: Place) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, list(known), n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(known)}"
            raise UsageError("agreement-file", f"there is no {kind} of that name", hint, place)


def _exclusion(rule: ExcludeRule, path: Path, place: Place) -> Exclusion:
    values = _listed(path.parent / rule.values_file, place) if rule.values_file else rule.values or rule.only or ()
    return Exclusion(rule.table, rule.column, frozenset(values), others=rule.only is not None, reason=rule.reason)


def _listed(path: Path, place: Place) -> list[str]:
    """The values of a list, one a line. A line that might not mean what it says is refused: it would let a row pass."""
    try:
        if not _is_file(path) or path.stat().st_size > _LARGEST_LIST:
            raise OSError
        lines = [line.removesuffix("\r") for line in path.read_bytes().decode("utf-8-sig").split("\n")]
    except (OSError, UnicodeDecodeError):
        message = "the file of `values_file` cannot be read as UTF-8 text of at most 64 MiB"
        raise UsageError("agreement-file", message, "check the path", place) from None
    for number, line in enumerate(lines, 1):
        if line != line.strip() or not line.isprintable():
            message = "a value has blanks around it or characters that do not print"
            raise UsageError("agreement-file", message, "one value a line", Place(file=path.name, line=number))
    values = [line for line in lines if line]
    if not values:
        message = "the file of `values_file` is empty"
        raise UsageError("agreement-file", message, "remove the entry where nobody is to be left out", place)
    return values


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # no name of a file: too long, say
        return False
