"""Two versions of a profile, and what the second one does otherwise, in plain words for its owner."""

from collections.abc import Iterator, Mapping

from masker.errors import shown
from masker.profile import Profile, Rule, TableRules

_PLAIN = {
    "keep": "stays as it is",
    "drop": "is left out of the copy",
    "null": "is NULL throughout",
    "redact": "is blacked out",
    "fake": "becomes an invented one",
    "fpe": "becomes a pseudonym of the same format",
    "permute": "becomes another number",
    "token": "becomes an opaque token",
    "hash": "becomes a keyed hash",
    "encrypt": "is encrypted and can be turned back with the key",
    "shift_date": "moves by days",
    "generalize": "becomes coarser",
    "partial": "keeps its ends",
    "constant": "becomes one constant",
    "ip": "becomes another address",
    "ip_prefix": "becomes another address, networks stay together",
    "mac": "becomes another address",
    "uuid": "becomes another one of its version",
    "user_agent": "becomes a common one of its family",
    "password": "becomes that of the test password",
    "noise": "gets noise within a bound",
    "map": "becomes what the table says",
}


def difference(old: Profile, new: Profile) -> Iterator[str]:
    """What changed, a line each: first what concerns all tables, then table by table; nothing where nothing did."""
    for word, says in (
        ("locale", "invented values come from"),
        ("undecided", "columns that nobody decided:"),
        ("agreement", "the agreement is"),
        ("owner", "the owner is"),
    ):
        was, now = getattr(old, word), getattr(new, word)
        if was != now:
            yield f"{says} {_named(now)} (was {_named(was)})"
    if old.unreadable != new.unreadable:
        yield f"a value that cannot be read {way(new.unreadable)} (before, it {way(old.unreadable)})"
    if old.require != new.require:
        yield "what rows must keep to together changed: `require`"
    for name in sorted({*old.infotypes, *new.infotypes}):
        yield from _way_changed(f"any {name} that a scan finds", old.infotypes.get(name), new.infotypes.get(name))
    for name in [*old.tables, *(name for name in new.tables if name not in old.tables)]:
        yield from _table(name, old.tables.get(name), new.tables.get(name))


def _table(name: str, old: TableRules | None, new: TableRules | None) -> Iterator[str]:
    title = f"table {shown(name)}"
    if new is None or old is None:
        yield f"{title}: {'no longer decided' if new is None else f'new, {len(new.columns)} columns decided'}"
        return
    if old.subject != new.subject:
        was, now = (
            f"{s.is_}" + (f" by {shown(s.key)}" if s.key else "") if s else "nobody in particular"
            for s in (old.subject, new.subject)
        )
        yield f"{title}: whose data it is: {now} (was {was})"
    if old.require != new.require:
        yield f"{title}: what its rows must keep to changed: `require`"
    for column in [*old.columns, *(column for column in new.columns if column not in old.columns)]:
        yield from _way_changed(f"{title}, {shown(column)}", old.columns.get(column), new.columns.get(column))


def _way_changed(what: str, old: Rule | None, new: Rule | None) -> Iterator[str]:
    if old == new:
        return
    if new is None:
        yield f"{what}: no longer decided (before, it {way(old)})" if old else what
    elif old is None:
        yield f"{what}: {way(new)} (new)"
    else:
        looser = " — WEAKER: it was masked and now stays" if new.method == "keep" and old.method != "keep" else ""
        yield f"{what}: {way(new)} (before, it {way(old)}){looser}"


def way(rule: Rule | None) -> str:
    """A rule in plain words, with its method and what else it says.

    >>> way(Rule(method="keep"))
    'stays as it is'
    """
    if rule is None:
        return "was not decided"
    says: Mapping[str, object] = {
        name: getattr(rule, name) for name in ("infotype", "domain", "by") if getattr(rule, name) is not None
    }
    parameters = [f"{name} {value}" for name, value in {**says, **rule.parameters}.items() if name != "constant"]
    plain = _PLAIN.get(rule.method, f"goes through `{rule.method}`")
    return plain + (f" [{', '.join(map(str, parameters))}]" if parameters else "")


def _named(value: object) -> str:
    return "nothing" if value in (None, "") else shown(str(value))
