#!/usr/bin/env bash
# Makes the environment that `make` works in: tools/install.sh VENV. Needs Python 3.11 or later; uses uv where it is on the PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
venv=${1:-.venv}

# A command that exists may still not run (a version manager's shim) or be too old: ask each by running it.
new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3.14 python3 python; do
        if [ -n "$candidate" ] && new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

have_uv() {
    command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1
}

if ! new_enough "$venv/bin/python"; then
    if python=$(find_python); then
        :
    elif have_uv; then
        python='>=3.11' # uv fetches one
    else
        echo "install: no Python 3.11 or later found; install one, or name it: PYTHON=/path/to/python make test" >&2
        exit 1
    fi
    if have_uv; then
        uv venv --quiet --allow-existing --python "$python" "$venv"
    elif ! "$python" -m venv "$venv"; then
        echo "install: $python cannot make an environment; on Debian and Ubuntu install the package python3-venv" >&2
        exit 1
    fi
fi

if have_uv; then
    # Compiled once here, as pip does by itself: else every run where bytecode may not be written pays for it again.
    uv pip install --quiet --compile-bytecode --python "$venv/bin/python" --editable '.[dev]'
else
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
fi
