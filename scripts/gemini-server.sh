#!/usr/bin/env bash
# Runs the Gemini test server by hand, to try Castor without a key; it prints how to point Castor at it. Arguments go to it.
source "$(dirname "$0")/common.sh"

exec cargo run --quiet --locked -p test-support --bin gemini-test-server -- "$@"
