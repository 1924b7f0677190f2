#!/usr/bin/env bash
# Runs the fuzz targets, each for SECONDS (60), or those that are named. Needs the nightly toolchain.
#   scripts/fuzz.sh [SECONDS [TARGET...]]
# What it finds lies in fuzz/artifacts; what it grew, in the cache: a small one of interest belongs in fuzz/corpus.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
seconds=${1:-60}
shift || true
[ -n "${1:-}" ] || set -- $(sed -n 's/^name = "\([a-z_]*\)"$/\1/p' fuzz/Cargo.toml)
rustc +nightly --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
for target in "$@"; do
  mkdir -p "$cache/fuzz/$target"
  # An input that takes seconds or gigabytes is a find, too.
  step "$target" cargo +nightly fuzz run "$target" "$cache/fuzz/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
