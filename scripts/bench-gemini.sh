#!/usr/bin/env bash
# Measures what Castor's Gemini client adds on the way from the server's first byte to the screen, and how fast and with how
# much memory it uploads 100 MB, against curl on the same loopback in one run. Prints a table and writes
# target/bench/gemini.json. `bench-gemini.sh [RUNS]`; at least five runs of each, seven unless said otherwise.
source "$(dirname "$0")/common.sh"

scripts/system-packages.sh build test bench
require_toolchains
scripts/ui.sh build
say "Building Castor"
cargo build --release --locked
say "Measuring"
python3 scripts/bench/gemini.py "$CASTOR_TARGET" "${1:-7}"
