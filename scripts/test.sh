#!/usr/bin/env bash
# Everything that proves Castor works, headless: `test.sh`. Only what needs no running program: `test.sh check`.
# Every step runs even when an earlier one failed; the summary names what failed and the exit code says whether anything did.
source "$(dirname "$0")/common.sh"

mode=${1:-all}
[ "$mode" = all ] || [ "$mode" = check ] || die "usage: test.sh [check]"
export CARGO_TERM_PROGRESS_WHEN=${CARGO_TERM_PROGRESS_WHEN:-auto}

# What the steps print is kept besides, so they cannot see the terminal themselves.
[ ! -t 1 ] || export CARGO_TERM_COLOR=always FORCE_COLOR=1

summary=()
failed=0
printed=$(mktemp)
complaints=$(mktemp)
trap 'rm -f "$printed" "$complaints"' EXIT

# step NAME COMMAND...: runs one step and remembers how it went.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    say "$name"
    "$@" </dev/null 2>&1 | tee "$printed" || status=$?
    if [ $status -eq 0 ]; then
        summary+=("$(printf 'ok      %5d s  %s' $((SECONDS - start)) "$name")")
    else
        summary+=("$(printf 'FAILED  %5d s  %s' $((SECONDS - start)) "$name")")
        failed=$((failed + 1))
        # Said again at the very end, where it is found: what names the failure, or the last words.
        { grep -aE 'FAIL|TIMEOUT|error(\[|:)|panicked' "$printed" || tail -n 5 "$printed"; } | head -n 8 >>"$complaints"
    fi
}

# skip NAME REASON: a step that could not be tried.
skip() { summary+=("$(printf 'skipped          %s: %s' "$1" "$2")"); }

# Known weaknesses of dependencies come from a database on the network; the other checks need none.
check_advisories() {
    local name="known weaknesses of dependencies"
    if timeout 60 cargo deny --log-level error fetch db </dev/null >/dev/null 2>&1; then
        step "$name" cargo deny --log-level warn check --disable-fetch advisories
    else
        skip "$name" "their database cannot be reached from here"
    fi
}

ui() { npm --prefix ui run --silent "$@"; }

say "What the checks need"
packages=(build)
[ "$mode" = check ] || packages+=(test)
scripts/system-packages.sh "${packages[@]}"
require_toolchains
scripts/tools.sh install
PATH=$(scripts/tools.sh):$PATH
export PATH

scripts/ui.sh packages
step "UI: formatting" ui format:check
step "UI: lint" ui lint
step "UI: types" ui check
# The Rust build embeds the built UI, so it comes before every Rust step.
step "UI: build" scripts/ui.sh build
step "Rust: formatting" cargo fmt --all --check
step "Rust: licences, bans, sources" cargo deny --log-level warn check bans licenses sources
check_advisories
step "Rust: unused dependencies" cargo machete
step "Rust: clippy" cargo clippy --workspace --all-targets --locked -- -D warnings

if [ "$mode" = all ]; then
    step "UI: tests" ui test
    step "Rust: build" cargo nextest run --workspace --locked --no-run
    step "test models" scripts/fetch-test-models.sh
    step "test media" scripts/fetch-test-media.sh
    step "types of Google's SDK" scripts/fetch-google-types.sh
    step "Rust: unit and integration tests" cargo nextest run --workspace --locked -E 'not binary(e2e)'
    step "Rust: documentation tests" cargo test --workspace --locked --doc --quiet
    step "the real window, end to end" cargo nextest run --workspace --locked -E 'binary(e2e)'
fi

printf '\n'
say "Summary"
printf '    %s\n' "${summary[@]}"
if [ $failed -gt 0 ]; then
    cat "$complaints"
    die "$failed of ${#summary[@]} steps failed, $SECONDS s"
fi
say "All ${#summary[@]} steps passed, $SECONDS s"
