#!/usr/bin/env bash
# Measures how fast, how right and with how much memory Castor reads pictures and names what they show, against RapidOCR and
# ONNX Runtime with the same models, in one run. Prints a table and writes target/bench/senses.json.
# `bench-senses.sh [ROUNDS]`; at least five rounds of each, five unless said otherwise.
source "$(dirname "$0")/common.sh"

scripts/system-packages.sh build test
require_toolchains
scripts/fetch-test-models.sh
scripts/fetch-test-media.sh
bench=$CASTOR_TARGET/bench
say "Building Castor's side and drawing the pages"
cargo build --release --locked -p engine --example senses
cargo run --quiet --locked -p test-support --bin test-pages -- "$bench/pages"
say "Fetching the peers (0.6 GB the first time)"
python3 -m venv "$bench/venv"
"$bench/venv/bin/pip" install --quiet --disable-pip-version-check --requirement scripts/bench/senses-requirements.txt
say "Measuring"
"$bench/venv/bin/python" scripts/bench/senses.py "$CASTOR_TARGET" "${1:-5}"
