#!/usr/bin/env bash
# The UI's packages and its build, each only when something changed: `ui.sh packages`, `ui.sh build`.
source "$(dirname "$0")/common.sh"

stamps=$CASTOR_TARGET/stamps
mkdir -p "$stamps"

# Hash of the packages that are wanted, with the Node that compiled them.
packages_fingerprint() { { node --version; cat ui/package-lock.json; } | "${sha256[@]}" | cut -d ' ' -f 1; }

# Hash of everything the build reads.
sources_fingerprint() {
    find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -path ui/coverage -prune -o -type f -print0 |
        LC_ALL=C sort -z | while IFS= read -r -d '' file; do
        printf '%s\n' "$file"
        cat "$file"
    done | "${sha256[@]}" | cut -d ' ' -f 1
}

install_packages() {
    local stamp=ui/node_modules/.castor-packages fingerprint
    fingerprint=$(packages_fingerprint)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$fingerprint" ]; then
        return 0
    fi
    say "Installing the UI's packages"
    npm --prefix ui ci --no-audit --no-fund
    printf '%s\n' "$fingerprint" >"$stamp"
}

build() {
    local stamp=$stamps/ui-build fingerprint
    fingerprint=$(sources_fingerprint)
    if [ -f ui/dist/index.html ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$fingerprint" ]; then
        return 0
    fi
    say "Building the UI"
    npm --prefix ui run build
    printf '%s\n' "$fingerprint" >"$stamp"
}

case ${1:-} in
    packages) install_packages ;;
    build)
        install_packages
        build
        ;;
    *) die "usage: ui.sh packages|build" ;;
esac
