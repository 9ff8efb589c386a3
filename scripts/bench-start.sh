#!/usr/bin/env bash
# Measures how fast Castor's window can be used and what it costs in memory when idle, against a bare Tauri window and
# against Chromium showing the same UI, in one run. Prints a table and writes target/bench/start.json.
# `bench-start.sh [RUNS]`; at least five runs of each, seven unless said otherwise.
source "$(dirname "$0")/common.sh"

scripts/system-packages.sh build test bench
require_toolchains
scripts/ui.sh build
say "Building Castor and the bare window"
cargo build --release --locked
cargo build --release --manifest-path scripts/bench/bare/Cargo.toml --target-dir "$CASTOR_TARGET/bench/bare"
say "Measuring"
python3 scripts/bench/start.py "$CASTOR_TARGET" "${1:-7}"
