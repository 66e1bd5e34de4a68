"""CSV: copying a file loads none of the heavy libraries."""

import subprocess
import sys

PROGRAM = '''
import io, sys
from dataclasses import dataclass, replace
from pathlib import Path
from masker.formats import ReadOptions
from masker.formats.csv import FORMAT
from masker.snapshot import Rows

@dataclass(frozen=True)
class BytesFile:
    path: Path = Path("x.csv")
    compression: str = ""
    def open(self):
        return io.BytesIO(b'a,b\\n1,\\n"2","x ""y"""\\n5" pipe,3\\n')

for block_bytes in (8, 4096):
    source = FORMAT.open(BytesFile(), ReadOptions(block_bytes=block_bytes))
    sink = FORMAT.sink(io.BytesIO(), source, None)
    for part in source.parts():
        changed = frozenset({"a"}) if isinstance(part, Rows) else None
        sink.write(sink.prepare(replace(part, changed=changed)))
print([name for name in ("pandas", "faker", "charset_normalizer") if name in sys.modules])
'''


def test_copying_imports_no_heavy_library():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


RUN = """
import sys
from masker import cli
code = cli.run(sys.argv[1:])
print(code, "pandas" in sys.modules)
"""


def test_a_whole_run_over_csv_does_not_import_pandas(tmp_path, monkeypatch):
    monkeypatch.setenv("MASKER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MASKER_LEDGER", str(tmp_path / "config" / "ledger.db"))
    rows = [f'{n},"x ""{n}""",{"" if n % 3 else f"user{n}@mail.example"},"two\nlines, {n}"' for n in range(60)]
    source = tmp_path / "people.csv"
    source.write_text("id,quoted,email,note\n" + "\n".join(rows) + "\n")
    arguments = ["mask", source, "-o", tmp_path / "out.csv", "--purpose", "test-patch", "--expires", "3d"]
    done = subprocess.run([sys.executable, "-c", RUN, *map(str, arguments)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False", done.stderr
