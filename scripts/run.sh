#!/usr/bin/env bash
# From a fresh clone to an open window; the second time it only opens the window. Arguments go to Castor.
source "$(dirname "$0")/common.sh"

DEFAULT_MODEL=qwen2.5-coder-1.5b-instruct
# What lets that model answer about pictures.
RECOGNISERS=picture-reading
# What lets it answer a spoken question.
SPEECH=whisper-base

scripts/system-packages.sh build
require_toolchains
scripts/ui.sh build
say "Building Castor (the first time takes some minutes)"
cargo build --release --locked
castor=$CASTOR_TARGET/release/castor
# Without them Castor still opens; its window offers to fetch them.
say "Looking for the local model $DEFAULT_MODEL (1.1 GB the first time)"
"$castor" models fetch "$DEFAULT_MODEL" || warn "The local model could not be fetched. Castor opens without it and can fetch it later."
say "Looking for the recognisers that read pictures (51 MB the first time)"
"$castor" models fetch "$RECOGNISERS" || warn "The recognisers could not be fetched. Castor opens without them and can fetch them later."
say "Looking for the recogniser that understands speech (147 MB the first time)"
"$castor" models fetch "$SPEECH" || warn "It could not be fetched. Castor opens without it and can fetch it later."

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    die "Castor is built ($castor), but there is no screen here to open its window on."
fi
say "Opening Castor"
exec "$castor" "$@"
