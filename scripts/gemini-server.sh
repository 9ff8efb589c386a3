#!/usr/bin/env bash
# Runs the Gemini test server by hand. Castor asks it when CASTOR_GEMINI_BASE_URL names it; it prints how.
source "$(dirname "$0")/common.sh"

exec cargo run --quiet --locked -p test-support --bin gemini-server -- "$@"
