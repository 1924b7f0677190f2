#!/usr/bin/env bash
# Import and export against real metastores, judged by Hive's own client (Transfer.java):  run.sh SKEP [FOLDER]
# Hive 4.0.1 and 3.1.3 → Skep: every field of every object the same, also after an import that was killed again and again.
# Skep → Hive 4.0.1: the same, but what Hive sets itself. PEER: where the judges are; PARTITIONS: of the large table (3000).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export PEER=${PEER:-$here/../../../shared/peer}
skep=$1 work=${2:-$(mktemp -d)} passed=0 failed=0 started=()
mkdir -p "$work"
chmod 755 "$work"
export HMS_STATE_DIR=$work/hms

free_port() {
  local port
  while port=$((20000 + RANDOM % 9000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

finish() {
  local status=$? it
  for it in "${started[@]}"; do
    case $it in
      hms:*) IFS=: read -r _ version port <<<"$it"; "$PEER/hms/stop-hms.sh" "$version" "$port" || true ;;
      *) kill "$it" 2>/dev/null || true ;;
    esac
  done
  exit "$status"
}
trap finish EXIT

# hms VERSION: sets $uri and $state.
hms() {
  local port
  port=$(free_port)
  "$PEER/hms/start-hms.sh" "$1" "$port" >"$work/hms-$port.env"
  started+=("hms:$1:$port")
  uri=thrift://127.0.0.1:$port state=$HMS_STATE_DIR/$1-$port
}

# serve NAME: sets $uri.
serve() {
  local dir=$work/$1
  mkdir -p "$dir"
  (cd "$dir" && exec "$skep" serve --thrift-listen 127.0.0.1:0 --api-listen 127.0.0.1:0 --store sqlite:s.db --warehouse "file:$dir/warehouse") >"$dir/out" 2>"$dir/log" </dev/null &
  started+=($!)
  until uri=$(sed -n 's/^skep ready thrift=\([^ ]*\).*/thrift:\/\/\1/p' "$dir/out" 2>/dev/null) && [ -n "$uri" ]; do
    kill -0 $! 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
    sleep 0.1
  done
}

# check NAME COMMAND...: a line for it, as judge.py reads them.
check() {
  local name=$1 begin=$EPOCHREALTIME took
  shift
  if "$@" >"$work/case.log" 2>&1; then verdict="ok  " passed=$((passed + 1)); else verdict=FAIL failed=$((failed + 1)); fi
  took=$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
  echo "$verdict transfer/$name (${took}s): $(grep -v ' WARN ' "$work/case.log" | tail -n 1)"
  [ "$verdict" != FAIL ] || sed 's/^/  /' "$work/case.log" | tail -n 40
}

judge() { "$here/judge.sh" "$@" 2>"$work/judge.err" || { tail -n 20 "$work/judge.err"; return 1; }; }

# same SOURCE_URI TARGET_URI [OPTION]: what Hive's client sees is the same.
same() {
  judge dump "$1" "$work/source.json" && judge dump "$2" "$work/target.json"
  python3 "$here/compare.py" "$work/source.json" "$work/target.json" "${@:3}"
}

# dying SOURCE TARGET: imports, and is killed after every few lines it says, until it comes to the comparison.
dying() {
  local line lines deaths=0 import
  while :; do
    lines=0
    coproc IMPORT { exec "$skep" import "$1" --to "$2" 2>&1 >/dev/null; }
    import=$IMPORT_PID
    while read -r line <&"${IMPORT[0]}"; do
      case $line in checked*) continue ;; comparing) wait "$import"; echo "killed $deaths times"; return ;; esac
      lines=$((lines + 1))
      [ "$lines" -lt 5 ] || break
    done
    kill -9 "$import" 2>/dev/null || true
    wait "$import" 2>/dev/null || true
    deaths=$((deaths + 1))
    [ "$deaths" -lt 100 ] || { echo "it does not get on"; return 1; }
  done
}

import() { "$skep" import "$1" --to "$2" >"$work/report.txt" 2>"$work/progress.txt" || { cat "$work/report.txt" "$work/progress.txt"; return 1; }; }

for version in 4.0.1 3.1.3; do
  hms "$version"
  old=$uri old_state=$state
  check "seed $version" judge seed "$old" "${PARTITIONS:-3000}"
  serve "skep-$version"
  new=$uri
  check "import from $version" import "$old" "$new"
  check "import from $version is the same to Hive's client" same "$old" "$new"
  serve "skep-$version-dying"
  check "import from $version, killed again and again" dying "$old" "$uri"
  check "import from $version after its deaths is the same to Hive's client" same "$old" "$uri"
  # Hive 4 refuses transactional tables outside its own warehouse: the one exported to has the place of the old one.
  cat >"$work/place.xml" <<XML
<property><name>metastore.warehouse.dir</name><value>file:$old_state/warehouse</value></property>
<property><name>metastore.warehouse.external.dir</name><value>file:$old_state/warehouse-external</value></property>
XML
  [ "$version" = 3.1.3 ] || export HMS_EXTRA_CONF=$work/place.xml
  hms 4.0.1
  unset HMS_EXTRA_CONF
  check "export of it to 4.0.1" "$skep" export "$uri" --from "$new"
  check "export of it to 4.0.1 is the same to Hive's client" same "$new" "$uri" --target-sets
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
