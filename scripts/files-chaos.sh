#!/usr/bin/env bash
# Clients on two nodes over Postgres and on one over SQLite, with real files on a `file:` and an S3 warehouse, while nodes,
# Postgres and the object store fail: no file is lost, foreign or left over. One kill for each 1,000 operations.
#   scripts/files-chaos.sh [OPERATIONS]     (100,000)
# SKEP_CHAOS_SEED repeats the choices of a run, SKEP_CHAOS_KILLS sets kills, SKEP_CHAOS_MIX=safe takes default places by
# names that are used once.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
operations=${1:-100000}
export SKEP_CHAOS_KILLS=${SKEP_CHAOS_KILLS:-$((operations / 1000))}
SKEP_CHAOS_OPERATIONS=$operations long_test process::files_chaos
