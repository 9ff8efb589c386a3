#!/usr/bin/env bash
# Builds the installable package for this system with Tauri's command line: a .deb on Debian and Ubuntu, otherwise
# what tauri.conf.json names for the system. Arguments go to `tauri build`.
source "$(dirname "$0")/common.sh"

scripts/system-packages.sh build
require_toolchains
scripts/ui.sh build
bundles=()
if [ $# -eq 0 ] && have dpkg-deb; then
    bundles=(--bundles deb)
fi
say "Building the package"
ui/node_modules/.bin/tauri build "${bundles[@]}" "$@"
say "Packages:"
find "$CASTOR_TARGET/release/bundle" -maxdepth 2 -type f \( -name '*.deb' -o -name '*.dmg' -o -name '*.exe' -o -name '*.AppImage' \) -print
