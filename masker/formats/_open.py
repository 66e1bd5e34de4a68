"""Opens a SOURCE: a file, or a folder of files as one snapshot, each file by the format that its ending names.

Nothing is passed over in silence: a file that no format reads is an error, hidden files (and masker's own manifests
where a masked copy may be read) are listed in `Snapshot.skipped`. A link inside a folder is followed only to a file
that is itself inside that folder; all others are refused. Nothing below SOURCE is ever written.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from masker.errors import GateError, InputError, Place
from masker.formats import FORMATS, HoldsTag, OpensTogether, ReadOptions, TellsCopies
from masker.snapshot import Member, Snapshot, Source
from masker.streams import InputFile, split_compression

SIDECAR = ".masker.json"  # after the full name of a masked file
MANIFEST = "masker.json"  # in the root of a masked folder
_HEAD_BYTES = 1 << 16


def open_snapshot(path: Path, options: ReadOptions, input_format: str = "", *, allow_remask: bool = False) -> Snapshot:
    """Open a file or a folder (with all folders below it) as a snapshot whose members stand in path order.

    `input_format` is the format of a file whose ending does not say it: it overrules the ending of a single file, and
    in a folder serves the files whose ending no format claims. Raises `GateError` (`already-masked`) for a masked copy
    unless `allow_remask`, `UsageError` for an unknown `input_format`, and `InputError` for all that cannot be read.
    """
    if input_format:
        FORMATS[input_format]
    root = Path(path)
    if not _holds(root.is_dir):
        if _holds(lambda: not os.path.lexists(root)):
            raise InputError("not-found", "there is no such file", "check the path", Place(file=root.name))
        _require_text([PurePosixPath(root.name)])
        found = input_format or _file_format(root.name, input_format)
        if not allow_remask:
            _refuse_copy([root], root)
        alone, file = PurePosixPath(root.name), _input(root, Path(split_compression(root.name)[0]).stem)
        (source,) = _sources([file], [alone], [found], options, allow_remask=allow_remask)
        return Snapshot(root.name, (Member(alone, found, source, file.compression),))
    files, skipped = _walk(root)
    if not allow_remask:
        _refuse_copy([*files, *skipped], root)
    files, manifests = [f for f in files if not _is_manifest(f)], [f for f in files if _is_manifest(f)]
    if not files:
        raise InputError("not-found", "the folder holds no files", "hidden files do not count", Place(file=root.name))
    paths = [PurePosixPath(file.relative_to(root).as_posix()) for file in files]
    _require_text(paths)
    formats = [_file_format(name.as_posix(), input_format) for name in paths]
    inputs = [_input(file, table) for file, table in zip(files, table_names(paths), strict=True)]
    sources = _sources(inputs, paths, formats, options, allow_remask=allow_remask)
    members = tuple(
        Member(name, found, source, each.compression)
        for name, found, source, each in zip(paths, formats, sources, inputs, strict=True)
    )
    passed = sorted(PurePosixPath(p.relative_to(root).as_posix()) for p in [*skipped, *manifests])
    return Snapshot(root.resolve().name, members, is_folder=True, skipped=tuple(passed))


def table_names(paths: list[PurePosixPath]) -> list[str]:
    """Name the tables of files: the stem, as far as needed the path without ending, with it, with the compression's.

    >>> table_names([PurePosixPath(p) for p in ("crm/a.csv", "web/a.csv", "web/b.json.gz", "web/b.csv")])
    ['crm/a', 'web/a', 'web/b.json', 'web/b.csv']
    """
    whole = [path.as_posix() for path in paths]
    inflated = [split_compression(name)[0] for name in whole]
    bare = [str(PurePosixPath(name).with_suffix("")) for name in inflated]
    names = [PurePosixPath(name).name for name in bare]
    for longer in (bare, inflated, whole):
        seen = Counter(names)
        names = [name if seen[name] == 1 else other for name, other in zip(names, longer, strict=True)]
    return names if len(set(names)) == len(names) else whole


def _input(file: Path, table: str) -> InputFile:
    return InputFile(file, split_compression(file.name)[1], table)


def _sources(
    files: list[InputFile], paths: list[PurePosixPath], formats: list[str], options: ReadOptions, *, allow_remask: bool
) -> list[Source]:
    """Open files after a look at their first bytes; those of a format that opens them together, together."""
    for file, path, found in zip(files, paths, formats, strict=True):
        _check_head(file, path, found, allow_remask=allow_remask)
    sources: dict[int, Source] = {}
    for name in dict.fromkeys(formats):
        numbers = [number for number, found in enumerate(formats) if found == name]
        format_ = FORMATS[name]
        own = [files[number] for number in numbers]
        if isinstance(format_, OpensTogether):
            opened = format_.open_together(own, options)
        else:
            opened = [format_.open(file, options) for file in own]
        sources |= dict(zip(numbers, opened, strict=True))
    _check_sources(sources, paths, allow_remask=allow_remask)
    return [sources[number] for number in range(len(files))]


def _check_sources(sources: dict[int, Source], paths: list[PurePosixPath], *, allow_remask: bool) -> None:
    """Refuse what is a copy within, and two files with tables of one name: a profile could not tell them apart."""
    names: set[str] = set()
    for number, path in enumerate(paths):
        source, place = sources[number], Place(file=path.as_posix())
        if not allow_remask and isinstance(source, HoldsTag) and source.has_tag:
            raise _already_masked(place)
        own = {table.name for table in source.tables}
        if both := own & names:
            what = "two files of the folder hold a table of the same name"
            raise InputError("unsupported", what, "mask them one by one", Place(place.file, min(both)))
        names |= own


def _already_masked(place: Place) -> GateError:
    what = "the source is a masked copy already: it carries a label of masker"
    return GateError("already-masked", what, "`--allow-remask` masks it again", place)


def _check_head(file: InputFile, path: PurePosixPath, found: str, *, allow_remask: bool) -> None:
    """Refuse a file that is of another format, or says of itself that it is a copy; an empty one is its format's."""
    with file.open() as stream:
        head = stream.read(_HEAD_BYTES)
    if head and not (FORMATS[found].sniff(head) or (found == "parquet" and file.compression)):
        what = f"the file does not look like {found}, which its name or `--input-format` says"
        raise InputError("malformed", what, place=Place(file=path.as_posix()))
    format_ = FORMATS[found]
    if not allow_remask and isinstance(format_, TellsCopies) and format_.is_copy(head):
        raise _already_masked(Place(file=path.as_posix()))


def format_named(name: str) -> str:
    """The format with the longest ending that `name` has, in upper or lower case; "" where none has."""
    plain = name.lower()
    endings = [(len(s), other) for other in FORMATS for s in FORMATS[other].suffixes if plain.endswith(s)]
    return max(endings)[1] if endings else ""


def _file_format(name: str, input_format: str) -> str:
    """The format that the ending of `name` says, else `input_format`."""
    if named := format_named(split_compression(name)[0]):
        return named
    if input_format:
        return input_format
    known = " ".join(s for other in FORMATS for s in FORMATS[other].suffixes)
    hint = f"known endings: {known}, each also with .gz, .zst or .bz2; or say `--input-format`"
    raise InputError("unsupported", "no format has the file's ending", hint, Place(file=name))


def _walk(root: Path) -> tuple[list[Path], list[Path]]:
    """The files below a folder, and the hidden files and folders, both in path order."""
    files: list[Path] = []
    hidden: list[Path] = []
    inside = root.resolve()
    folders = [root]
    while folders:
        for entry in _entries(folders.pop(), root):
            if entry.name.startswith("."):
                hidden.append(entry)
            elif entry.is_symlink():
                files.append(_link_inside(entry, root, inside))
            elif entry.is_dir():
                folders.append(entry)
            else:
                files.append(entry)
    return sorted(files, key=_order(root)), sorted(hidden, key=_order(root))


def _order(root: Path) -> Callable[[Path], tuple[str, ...]]:
    return lambda path: path.relative_to(root).parts


def _entries(folder: Path, root: Path) -> Iterator[Path]:
    try:
        return iter(sorted(folder.iterdir()))
    except OSError:
        name = root.name if folder == root else folder.relative_to(root).as_posix()
        raise InputError("unreadable", "the folder cannot be listed", "check its mode", Place(file=name)) from None


def _link_inside(link: Path, root: Path, inside: Path) -> Path:
    target = link.resolve()
    if target.is_file() and target.is_relative_to(inside):
        return link
    what = "a link that does not lead to a file inside the folder"
    raise InputError("unsupported", what, "remove it or copy its file", Place(file=link.relative_to(root).as_posix()))


def _require_text(paths: list[PurePosixPath]) -> None:
    for path in paths:
        try:
            path.as_posix().encode()
        except UnicodeEncodeError:
            # It would name a table, and stand in the manifest, which is text.
            what = "the name of a file is no UTF-8"
            raise InputError("unsupported", what, "rename the file", Place(file=path.as_posix())) from None


def _holds(check: Callable[[], bool]) -> bool:
    """Whether a check of a path says yes; where it may not even look, opening will say why."""
    try:
        return check()
    except OSError:
        return False


def _is_manifest(path: Path) -> bool:
    return path.name == MANIFEST or path.name.endswith(SIDECAR)


def _refuse_copy(files: list[Path], root: Path) -> None:
    """Refuse what a manifest says is a masked copy: beside a file, in a folder, or in a folder around it."""
    around = [folder / MANIFEST for folder in root.absolute().parents]
    beside = [file.with_name(file.name + SIDECAR) for file in files if not _is_manifest(file)]
    for manifest in [*(file for file in files if file.name == MANIFEST), *around, *beside]:
        if _holds(manifest.is_file) and _is_signed(manifest):
            what = "the source is a masked copy already: a manifest of masker stands with it"
            raise GateError("already-masked", what, "`--allow-remask` masks it again", Place(file=manifest.name))


def _is_signed(path: Path) -> bool:
    """Whether a file of a manifest's name is one: others may call their settings `masker.json` too."""
    try:
        with path.open("rb") as file:
            return b'"payloadType"' in file.read(64 << 20)
    except OSError:
        # What cannot be read may be a manifest: the run refuses rather than mask a copy again.
        return True
