#!/usr/bin/env bash
# Two nodes over one Postgres, and whether what their clients saw is explained by one order of each table's writes.
#   scripts/history.sh [CALLS]     (100,000)
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
SKEP_HISTORY_OPERATIONS=${1:-100000} long_test process::history
