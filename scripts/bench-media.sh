#!/usr/bin/env bash
# Measures the way of pictures and videos: camera frames from the window to Rust, how soon a clip is ready to send, and what a
# photo of 48 megapixels and a video of ten minutes take, against FFmpeg, vipsthumbnail and ImageMagick in one run. Prints a
# table and writes target/bench/media.json. `bench-media.sh [--quick] [RUNS]`; at least five runs of each, five unless said
# otherwise. `--quick` tries it out: one run, and a video of one minute.
# CASTOR_BENCH_PROGRAM names a built `castor` to measure in place of a fresh release build.
source "$(dirname "$0")/common.sh"

quick=()
if [ "${1:-}" = --quick ]; then
    quick=(--quick)
    shift
    set -- "${1:-1}"
fi

scripts/system-packages.sh build test bench
require_toolchains
say "Building Castor"
program=${CASTOR_BENCH_PROGRAM:-$CASTOR_TARGET/release/castor}
if [ -z "${CASTOR_BENCH_PROGRAM:-}" ]; then
    scripts/ui.sh build
    cargo build --release --locked
fi
cargo build --release --locked --package video --example video
cargo build --release --locked --package media --example photo
say "Measuring"
python3 scripts/bench/media.py "$program" "$CASTOR_TARGET" "${1:-5}" "${quick[@]}"
