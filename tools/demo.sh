#!/usr/bin/env bash
# What `make demo` does: scans and masks sample_data/, shows a few rows before and after, verifies the copy, prints its tag.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The first run makes a signing key in the user's config folder; where there is no such place, one for this demo does.
if [ ! -w "${HOME:-/nonexistent}" ]; then
    HOME=$(mktemp -d)
    export HOME
    trap 'rm -rf "$HOME"' EXIT
fi

# An older demo goes only where it is a valid copy with nothing in it that the manifest does not list; else a new name.
out=demo_out
if [ -e "$out" ] && masker verify "$out" </dev/null >/dev/null 2>&1 && python -m tools.show_demo owns "$out"; then
    rm -rf "$out"
fi
number=2
while [ -e "$out" ]; do
    out=demo_out-$number
    number=$((number + 1))
done

say() { printf '\n== %s\n' "$1"; }

say "1. masker scan sample_data: what is personal, whose it is"
masker scan sample_data

say "2. masker mask sample_data -o $out --purpose test-patch --expires 14d"
masker mask sample_data -o "$out" --purpose test-patch --expires 14d

say "3. a few rows, before and after"
python -m tools.show_demo rows sample_data "$out"

say "4. masker verify $out --against sample_data: the verification, and the tag"
masker verify "$out" --against sample_data

say "5. masker copies $out: how long it may live"
masker copies "$out"
