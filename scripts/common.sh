# shellcheck shell=bash
# Shared by the scripts beside it: where the repository is, how a step is announced, how a command gets root's rights.
# Sourced, never run.

set -euo pipefail

CASTOR_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Tools and models fetched once are shared by every clone on this machine.
CASTOR_CACHE=${CASTOR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/castor}
CASTOR_TARGET=${CARGO_TARGET_DIR:-$CASTOR_ROOT/target}
export CASTOR_ROOT CASTOR_CACHE CASTOR_TARGET
cd "$CASTOR_ROOT"

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' plain=$'\e[0m'
else
    bold='' plain=''
fi

# Announces a step.
say() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }

# Says something that needs attention, on standard error.
warn() { printf '%s!!! %s%s\n' "$bold" "$*" "$plain" >&2; }

# Ends the script with a sentence.
die() {
    warn "$@"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root, asking for a password only when that is needed.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "This needs root's rights and sudo is not installed. As root, run: $*"
    fi
}

# The program for SHA-256; macOS has another name for it.
# shellcheck disable=SC2034  # used by the scripts that source this
if have sha256sum; then
    sha256=(sha256sum)
else
    sha256=(shasum -a 256)
fi

# version_at_least HAVE NEED: compares dotted numbers.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Checks that Rust and Node are here and new enough; they come from their own installers, not from this script.
require_toolchains() {
    local need_rust need_node=20.19 version
    need_rust=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
    if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
        PATH=$HOME/.cargo/bin:$PATH
    fi
    have cargo || die "Rust is missing. Install it with rustup (https://rustup.rs), then run this again."
    version=$(rustc --version | cut -d ' ' -f 2)
    version_at_least "$version" "$need_rust" ||
        die "Rust $version is too old: Castor needs $need_rust. Run: rustup update stable"
    have npm || die "Node.js is missing. Install version $need_node or newer with npm (https://nodejs.org), then run this again."
    version=$(node --version)
    version_at_least "${version#v}" "$need_node" ||
        die "Node.js $version is too old: Castor's window is built with $need_node or newer (https://nodejs.org)."
}
