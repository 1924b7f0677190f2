#!/usr/bin/env bash
# Kills the server, its database and the compactor of an event log amid compactions, N times (300), and looks what is left:
# on SQLite server and compactor by turns, on a Postgres of its own all three.
#   scripts/log-crash.sh [N]
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
SKEP_LOG_CRASH_KILLS=${1:-300} cargo test --locked --test it -- process::log_crash --nocapture
