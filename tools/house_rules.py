"""The house rules that no linter knows: short modules, honest names, fail closed, no values in errors.

Usage: `python tools/house_rules.py [ROOT]`. Prints `file:line: rule: why` for each breach and exits 1 where there is
one. What each rule is for stands in `CONTRIBUTING.md`.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LONGEST = 300
LONGEST_TEST = 500
VAGUE = frozenset("utils util helpers helper common manager managers factory base misc core shared".split())
# Homes of users, absolute temporary and work folders of one machine; a path in prose needs no such root.
MACHINE_PATH = re.compile(r"(?<![\w.~$}>/])/(?:home/\w+|Users/\w+|root|work\w*|mnt/\w+|tmp/\w+|private/var)/\S")
DRIVE_PATH = re.compile(r"\b[A-Z]:\\\\?(?:Users|Documents)\b")
UNFINISHED = re.compile(r"#\s*(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
PRINTS = ("masker/cli/", "tools/", "benchmarks/")


class Breach(NamedTuple):
    """A broken rule: where, which, why."""

    file: str
    line: int
    rule: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.why}"


def tracked(root: Path) -> list[str]:
    """Files that git knows below `root` (new ones too, ignored ones not), as POSIX paths."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(name for name in listed if (root / name).is_file())


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _goes_on(handler: ast.ExceptHandler, lines: list[str]) -> bool:
    """Whether a handler catches everything, neither raises nor leaves the program, and has no comment that says why."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    broad = any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in caught
    )
    last = handler.body[-1]
    leaves = (
        isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and _called(last.value) in ("exit", "_exit")
    )
    explained = any(
        "  # " in line or line.lstrip().startswith("# ") for line in lines[handler.lineno - 1 : last.lineno]
    )
    return broad and not isinstance(last, ast.Raise) and not leaves and not explained


def _is_error(call: ast.Call) -> bool:
    name = _called(call)
    return name.endswith(("Error", "Exception", "Unusable", "Interrupted")) or name in ("warn", "fail", "echo")


def _shows_repr(node: ast.AST) -> bool:
    if isinstance(node, ast.FormattedValue):
        return node.conversion == ord("r")
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("repr", "ascii")
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "%r" in node.value


def python_breaches(name: str, tree: ast.Module, lines: list[str]) -> Iterator[Breach]:
    """The rules on code of the package itself."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.ExceptHandler) and _goes_on(node, lines):
            yield Breach(name, line, "fail-closed", "catches everything, goes on, and does not say why")
        if isinstance(node, ast.Call):
            if _called(node) == "print" and not name.startswith(PRINTS):
                yield Breach(name, line, "no-print", "only the command line talks")
            if _is_error(node) and any(_shows_repr(part) for part in ast.walk(node)):
                yield Breach(name, line, "no-values", "the repr of something goes into a message")
        if isinstance(node, ast.Name | ast.Attribute):
            word = node.id if isinstance(node, ast.Name) else node.attr
            if word == "NotImplemented" + "Error":
                yield Breach(name, line, "no-stubs", "an unfinished path")


def breaches(root: Path, names: list[str]) -> Iterator[Breach]:
    """Every breach in the files `names` below `root`, in file order."""
    for name in names:
        path = root / name
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line) or DRIVE_PATH.search(line):
                yield Breach(name, number, "no-machine-path", "a path of one machine")
            if name.endswith(".py") and UNFINISHED.search(line):
                yield Breach(name, number, "no-stubs", "unfinished work belongs in an issue")
        if not name.endswith(".py"):
            continue
        stem = path.parent.name if path.name == "__init__.py" else path.stem
        if stem.strip("_") in VAGUE and name != "tools/__init__.py":
            yield Breach(name, 1, "honest-names", "say what the module is about")
        longest = LONGEST_TEST if name.startswith("tests/") else LONGEST
        if (length := text.count("\n")) > longest:
            yield Breach(name, longest, "short-modules", f"{length} lines, at most {longest}")
        tree = ast.parse(text)
        if not ast.get_docstring(tree) and text.strip() and not name.startswith("tests/"):
            yield Breach(name, 1, "docstring", "the first line says what the module gives")
        if name.startswith("masker/"):
            yield from python_breaches(name, tree, text.splitlines())


def main(root: Path) -> int:
    """Check the project at `root`; 1 where a rule is broken."""
    found = list(breaches(root, tracked(root)))
    for breach in found:
        print(breach)
    print(f"house rules: {len(found)} broken" if found else "house rules: kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]))
