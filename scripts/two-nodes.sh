#!/usr/bin/env bash
# Tries what docs/deploy.md says of several nodes: two over one Postgres behind HAProxy; what one writes the other reads, one
# is killed, and one is stopped as in an upgrade.
#   scripts/two-nodes.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
[ -n "${SERVER:-}" ] || cargo build --locked --package skep --bin skep
command -v haproxy >/dev/null || apt haproxy
need_python
python=$(venv python tests/clients/python/requirements.txt)/bin/python
postgres pg
export WAREHOUSE=$work/warehouse

# node NAME: starts one; sets $address, $health (its second port) and $process.
node() {
  serve "$1" --store "$postgres"
  address=${uri#thrift://} process=$server
  health=$(sed -n 's/.* api=[^ ]*:\([0-9]*\) .*/\1/p' "$work/$1/out")
  curl --fail --silent --show-error "http://127.0.0.1:$health/readyz"
}

names() { "$python" tests/clients/python/backup.py names "$1"; }

# same WHAT URI: all tables are seen there.
same() { names "$2" | diff - "$work/written" && echo "$1: all $(wc -l <"$work/written") tables"; }

# balance ADDRESS HEALTH ADDRESS HEALTH: the balancer with these nodes; sets $port.
balance() {
  port=$(free_port)
  sed -e "s/bind :9083/bind 127.0.0.1:$port/" -e "s/server skep-1 .*/server skep-1 $1 check port $2/" \
    -e "s/server skep-2 .*/server skep-2 $3 check port $4/" packaging/haproxy.cfg >"$work/haproxy.cfg"
  haproxy -f "$work/haproxy.cfg" 2>>"$work/haproxy.log" &
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do kill -0 $! || { cat "$work/haproxy.log" >&2; die "no balancer"; }; sleep 0.1; done
}

node first
first=$address first_health=$health first_process=$process
node second
second=$address second_health=$health second_process=$process
balance "$first" "$first_health" "$second" "$second_health"

: >"$work/written"
"$python" tests/clients/python/backup.py write "thrift://$first" >"$work/written" &
writer=$!
until [ "$(wc -l <"$work/written")" -ge 30 ]; do kill -0 "$writer" || die "the writer ended"; sleep 0.05; done
kill "$writer" && wait "$writer"
same "the second node" "thrift://$second"
same "through the balancer" "thrift://127.0.0.1:$port"
kill -9 "$first_process"
wait "$first_process" 2>/dev/null || true
for _ in 1 2 3 4; do same "through the balancer, the first node dead" "thrift://127.0.0.1:$port"; done

node first-again
balance "$address" "$health" "$second" "$second_health"
kill "$second_process" && wait "$second_process"
for _ in 1 2 3 4; do same "through the balancer, the second node stopped" "thrift://127.0.0.1:$port"; done
echo "1 passed, 0 failed"
