#!/usr/bin/env bash
# Fetches the small local model, the recognisers of pictures and of speech and the neural voice the tests use with Castor
# itself, into the cache, and links them where the tests look: target/test-models. Does nothing when they are there.
source "$(dirname "$0")/common.sh"

MODEL=qwen2.5-coder-0.5b-instruct
# The thorough set and the light one, which share two of their files.
RECOGNISERS=(picture-reading picture-reading-light)
SPEECH=whisper-base
VOICE=kokoro

cache=$CASTOR_CACHE/models
models=$CASTOR_ROOT/target/test-models
mkdir -p "$cache" "$CASTOR_ROOT/target"
if [ -d "$models" ] && [ ! -L "$models" ]; then
    # A folder of someone's own choice is used as it is.
    rmdir "$models" 2>/dev/null || cache=$models
fi
castor=$CASTOR_TARGET/debug/castor
if [ ! -x "$castor" ]; then
    # The same build as the tests use, so that nothing is compiled twice.
    cargo nextest run --workspace --locked --no-run
fi
say "Looking for the test model $MODEL (0.5 GB the first time)"
"$castor" models fetch "$MODEL" --dir "$cache"
say "Looking for the recognisers that read pictures (54 MB the first time)"
for set in "${RECOGNISERS[@]}"; do
    "$castor" models fetch "$set" --dir "$cache"
done
say "Looking for the recogniser of speech $SPEECH (147 MB the first time)"
"$castor" models fetch "$SPEECH" --dir "$cache"
say "Looking for the voice $VOICE (103 MB the first time)"
"$castor" models fetch "$VOICE" --dir "$cache"
[ "$cache" = "$models" ] || ln -sfn "$cache" "$models"
