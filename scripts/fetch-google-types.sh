#!/usr/bin/env bash
# Installs the types of Google's own SDK for Python, which forbid unknown fields, into target/google-types: a test reads the
# bodies of Castor's requests with them. Does nothing when they are there.
source "$(dirname "$0")/common.sh"

SDK=google-genai==3.4.0
target=target/google-types

if [ "$(cat "$target/installed" 2>/dev/null)" = "$SDK" ]; then
    say "The types of Google's SDK are in place"
    exit 0
fi
say "Installing the types of Google's SDK: $SDK"
rm -rf "$target"
# Without a pip of its own: Debian's venv has none to give, and the system's pip can install there.
python3 -m venv --without-pip "$target"
python3 -m pip --python "$target/bin/python" --disable-pip-version-check install --quiet --only-binary :all: "$SDK"
echo "$SDK" >"$target/installed"
