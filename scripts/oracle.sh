#!/usr/bin/env bash
# Random filters on random partitions: what the index keeps, what evaluation keeps and what SQLite keeps are the same.
#   scripts/oracle.sh [FILTERS] [SEED]     (1,000,000 from seed 1; a failure names the seed that shows it)
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
SKEP_ORACLE_PAIRS=${1:-1000000} SKEP_ORACLE_SEED=${2:-1} long_test oracle::agreement
