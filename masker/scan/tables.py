"""One table's findings: profile its columns, weigh each alone, see whether it holds people, then decide each again."""

from dataclasses import dataclass, replace

from masker.findings import Finding, TableFindings
from masker.ner import Recogniser
from masker.relations import KeyColumn, primary_key
from masker.scan.beside import with_neighbours
from masker.scan.contains import contained
from masker.scan.context import TableNames, holds_people, of_things, people_terms, subject_of, table_names
from masker.scan.dates import read_dates
from masker.scan.headers import Lexicon
from masker.scan.judge import Judged, decide, judge
from masker.scan.keys import entity, key_column, key_like, read_key
from masker.scan.model import seen_by_model
from masker.scan.observe import ObservedTable
from masker.scan.profiles import profile
from masker.scan.settings import named_by_neighbours
from masker.scan.subjects import event_in, person_in
from masker.scan.terms import Term, logistic
from masker.scan.weights import weights

_THINGS = 0.3
_DATED = frozenset({"text", "date", "timestamp", "integer"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A table's findings before keys between tables are known, and its columns as the inference of keys sees them.

    `of_things`: its name says that its rows are no people (`products`), whoever they point at; `of_dealings`: that they
    are dealings with people (`orders`).
    """

    findings: TableFindings
    keys: tuple[KeyColumn, ...]
    entity: tuple[str, ...]
    key_shaped: frozenset[str]
    of_things: bool = False
    of_dealings: bool = False


@dataclass(frozen=True, slots=True)
class JudgedTable:
    """A table's columns, decided each in the light of the others. Holds originals and never leaves the scan.

    `people` is how surely the table holds people (0..1).
    """

    names: TableNames
    columns: tuple[Judged, ...]
    people: float


def judge_table(observed: ObservedTable, lexicon: Lexicon, *, named: bool) -> JudgedTable:
    """Judge the columns of one table. `named` is False where the names of columns and tables must not count."""
    names = table_names(observed.table.name, lexicon, named=named)
    called = entity(observed.table.name, lexicon) if named else ()
    profiles = [profile(column) for column in observed.columns]
    judged = with_neighbours(
        [judge(p, read_dates(p.distinct) if p.kind in _DATED else None, lexicon, called, named=named) for p in profiles]
    )
    people = holds_people(people_terms(names, judged, lexicon, named=named))
    things = named and people < _THINGS and not any(j.candidates and j.candidates[0].log_odds > 0 for j in judged)
    decided = [decide(j, lexicon, people, things=things, named=named) for j in judged]
    if named:
        headers = observed.table.schema.names
        decided = [
            named_by_neighbours(j, [each for each in observed.beside if each.value == place], headers, lexicon)
            for place, j in enumerate(decided)
        ]
    return JudgedTable(names, tuple(decided), people)


def draft(
    observed: ObservedTable, seen: JudgedTable, lexicon: Lexicon, *, named: bool, model: Recogniser | None = None
) -> Draft:
    """One table's findings, as far as it tells by itself; `seen` are its columns as `judge_table` judges them."""
    table = observed.table
    names, decided = seen.names, list(seen.columns)
    called = entity(table.name, lexicon) if named else ()
    profiles = [j.column for j in decided]
    subject, score = subject_of(names, decided, lexicon, seen.people, named=named)
    keys = tuple(key_column(table.name, p, lexicon, p.sketch) for p in profiles)
    key = primary_key(table, keys, called)
    # what joins tables of others is nobody's key: only the key of the people themselves can be pointed at by a role
    theirs = subject if person_in(names.words[-1:]) == subject else ""
    keys = tuple(replace(k, owner=theirs) for k in keys)
    if subject != "none" and key:
        decided = [_own_key(j, key, subject, lexicon, names, named=named) for j in decided]
    findings = TableFindings(
        name=table.name,
        rows=observed.rows,
        subject=subject,
        subject_score=score,
        columns=tuple(
            replace(
                _finding(j, lexicon, subject, named=named, model=model),
                limits=table.limits.get(j.column.name),
                ignores=table.ignores.get(j.column.name, ()),
            )
            for j in decided
        ),
        primary_key=key,
        foreign_keys=tuple(replace(each, declared=True) for each in table.foreign_keys),
        unique=tuple(dict.fromkeys(each for each in (table.primary_key, *table.unique) if each)),
        part_of=table.part_of,
    )
    shaped = frozenset(p.name for p in profiles if key_like(p) and p.kind != "empty")
    findings = replace(findings, subject_key=_subject_key(findings))
    return Draft(findings, keys, called, shaped, of_things(names), bool(event_in(names.words)))


def _own_key(
    judged: Judged, key: tuple[str, ...], subject: str, lexicon: Lexicon, names: TableNames, *, named: bool
) -> Judged:
    """The primary key of a table whose rows are people stands for them."""
    if key != (judged.column.name,) or judged.decision == "personal" or not named:
        return judged
    read = read_key(judged.column.name, lexicon)
    # a table that only joins others (`deal_contact`) has no key of its own, whatever stands first in it
    if not (person_in(names.words[-1:]) == subject and read.person in ("", subject)) and read.person != subject:
        return judged
    if read.is_key and read.stem and read.person != subject:
        return judged
    term = Term(f"primary key of {subject}s", weights().context["key"])
    score = logistic(weights().of("person_key", "prior") + term.weight)
    return replace(judged, infotype="person_key", decision="personal", score=score, evidence=(term,))


def _finding(judged: Judged, lexicon: Lexicon, subject: str, *, named: bool, model: Recogniser | None) -> Finding:
    column = judged.column
    owner = _owner(judged, lexicon, named=named) or subject
    # a day of a pattern that all values follow has nothing else in it
    dated = judged.dates is not None and judged.dates.share == 1.0 and column.longest <= 30
    inside = () if dated else contained(column, judged.infotype)
    if model is not None:
        inside = tuple(sorted({*inside, *seen_by_model(model, column, judged.infotype)}))
    # whatever else speaks for clean, a cell with an address or a number of a person in it speaks against
    decision = "unsure" if judged.decision == "clean" and set(inside) - {"url"} else judged.decision
    return Finding(
        column=column.name,
        type=column.type,
        infotype=judged.infotype,
        score=judged.score,
        decision=decision,
        subject=owner if judged.infotype != "none" else "none",
        evidence=tuple(str(term) for term in judged.evidence if term.weight),
        contains=inside,
        pattern=judged.dates.pattern if judged.dates and column.kind == "text" else "",
        shape=column.shape,
        unique=column.sketch.unique,
        nulls=column.sketch.nulls,
        register=next((term.register for term in judged.evidence if term.register), ""),
    )


def _owner(judged: Judged, lexicon: Lexicon, *, named: bool) -> str:
    """Whose value it is where the column's own name says so: `employee_id` in orders, `manager_email` in customers."""
    if not named:
        return ""
    if judged.infotype == "person_key":
        return read_key(judged.column.name, lexicon).person
    # the first word is whose: `manager_email`; in `user_agent` and `contact_phone` it is not a person of another kind
    first = lexicon.split(judged.column.name)[:1]
    return "" if set(first) & weights().words["nobody"] else person_in(first)


def _subject_key(findings: TableFindings) -> str:
    """The column that says whose row it is: the table's own person key, else the first of its subject."""
    keys = [f for f in findings.columns if f.infotype == "person_key" and f.subject == findings.subject]
    own = [f.column for f in keys if (f.column,) == findings.primary_key]
    return (own or [f.column for f in keys] or [""])[0]
