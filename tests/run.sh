#!/usr/bin/env bash
# Everything the project promises about itself, in the order that fails soonest.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN=.venv/bin
# Some machines ask Python to keep nothing of what it has read. The tests start the program again and again; each start
# would read the whole house anew: four seconds of work instead of under two, twenty instead of five for the tests.
unset PYTHONDONTWRITEBYTECODE
contracts=$(mktemp)
trap 'rm -f "$contracts"' EXIT

echo "== lint, format, import contracts, types"
$BIN/ruff check --quiet .
$BIN/ruff format --check --quiet .
$BIN/lint-imports >"$contracts" || { cat "$contracts"; exit 1; }
$BIN/mypy

echo "== what browsers load"
$BIN/vaerksted build

echo "== every test on SQLite (the browser walks among them)"
failed=0  # a fault on one database does not hide those on the other
$BIN/pytest --engine=sqlite -n 2 --dist loadgroup -q || failed=1

echo "== every test that touches a database, on PostgreSQL"
$BIN/pytest --engine=postgres -n 2 --dist loadgroup -q || failed=1
exit $failed
