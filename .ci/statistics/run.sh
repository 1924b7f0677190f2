#!/usr/bin/env bash
# What Trino makes of registered files: SHOW STATS, and plans that are made by them:  run.sh SKEP [FOLDER]
# PEER: where the judges are. Needs what its Trino needs (JDK 24 or newer).
set -euo pipefail
. "$(dirname "$0")/../../scripts/lib.sh"
peer=${PEER:-$root/../shared/peer}
export SERVER=$1
folder=${2:-$work/statistics}
mkdir -p "$folder"
need_python
python=$(venv register "$root/benches/register/requirements.txt")/bin/python
"$python" "$root/benches/register/make.py" "$folder/lake" 48 3
serve server --store "sqlite:$work/s.db"
port=$(free_port)
"$peer/engines/trino/start-trino.sh" "$uri" "$warehouse" "$port" "$folder/trino" >"$folder/trino.log" 2>&1 &
"$SERVER" databases create lake --endpoint "$api" >/dev/null
for table in tree job; do
  "$SERVER" register "file:$folder/lake/$table/" --table "lake.$table" --create --partition-by dt,hour:int --endpoint "$api" >/dev/null
done
"$python" "$root/.ci/statistics/check.py" "127.0.0.1:$port"
