#!/usr/bin/env bash
# Kills the server and its database amid a writing load, N times each (300), and looks what is left.
#   scripts/crash.sh [N]
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
SKEP_CRASH_KILLS=${1:-300} cargo test --locked --test it -- process::crash --nocapture
