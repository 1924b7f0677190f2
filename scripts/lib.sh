# Shared by scripts/*.sh and .ci/run. Sourced, not run: makes the throw-away folder $work, and ends with the script
# whatever was started through it (by process id).
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/skep
work=$(mktemp -d "${TMPDIR:-/tmp}/skep.XXXXXX")
chmod 755 "$work" # Postgres runs as a user of its own when we are root
clusters=() passed=0 failed=0

# end PROCESS: it and what it started, the youngest first.
end() {
  local child
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do end "$child"; done
  kill "$1" 2>/dev/null || true
}

finish() {
  local status=$? it
  trap - EXIT INT TERM
  for it in $(jobs -p); do end "$it"; done
  wait
  for it in "${clusters[@]}"; do "$root/scripts/postgres.sh" stop "$it" immediate || true; done
  if [ -n "${KEEP:-}" ]; then echo "kept: $work" >&2; else rm -rf "$work"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() { echo "error: $*" >&2; exit 1; }

# apt PACKAGE...: installs them, as root or by sudo that asks nothing.
apt() {
  local sudo=
  [ "$(id -u)" = 0 ] || { sudo -n true 2>/dev/null && sudo=sudo; } || die "missing: $*; install them (apt-get install $*)"
  $sudo apt-get install -y -q "$@" >/dev/null 2>&1 || { $sudo apt-get update -q && $sudo apt-get install -y -q "$@"; } >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; die "apt-get install $* failed"; }
}

# venv NAME REQUIREMENTS: a Python environment with these packages, kept in the cache; prints its path.
venv() {
  local sum dir
  sum=$(cat "$2" <(python3 --version) | cksum | cut -d' ' -f1)
  dir=$cache/$1-$sum
  if [ ! -e "$dir/.done" ]; then
    rm -rf "$dir"
    python3 -m venv "$dir" >&2 && "$dir/bin/pip" install -q --disable-pip-version-check -r "$2" >&2 && touch "$dir/.done"
  fi
  echo "$dir"
}

# long_test FILTER: tests of tests/it that do more the more they are asked to by variables. On its own in the profile `soak`;
# with SKEP_LONG_TESTS=dev on what `cargo test` has built, which saves the build where little is asked for.
long_test() {
  local build=(--profile soak)
  [ "${SKEP_LONG_TESTS:-soak}" = soak ] || build=(--workspace --all-features)
  cargo test "${build[@]}" --locked --test it -- "$1" --nocapture
}

# need_cargo_deny: the one that CI runs, on the PATH; built once (some minutes), kept in the cache.
need_cargo_deny() {
  local version=0.20.2 dir
  dir=$cache/cargo-deny-$version
  if [ ! -x "$dir/bin/cargo-deny" ]; then
    echo "== cargo-deny $version: building it, once" >&2
    env -u CARGO_TARGET_DIR cargo install --locked --quiet --version "$version" --root "$dir" cargo-deny &
    wait $! || die "cargo install cargo-deny failed"
  fi
  PATH=$dir/bin:$PATH
}

need_python() { python3 -c 'import ensurepip, venv' 2>/dev/null || apt python3 python3-venv; }

# java_home: the home of the oldest Java from 17 on, which Spark runs on; prints nothing if there is none.
java_home() {
  local home version best= least=999
  for home in "${JAVA_HOME:-/nonexistent}" /usr/lib/jvm/*; do
    [ -x "$home/bin/java" ] || continue
    version=$("$home/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${version:-0}" -ge 17 ] && [ "$version" -lt "$least" ] && best=$home least=$version
  done
  echo "$best"
}

need_java() {
  export JAVA_HOME
  JAVA_HOME=$(java_home)
  [ -n "$JAVA_HOME" ] || { apt default-jre-headless; JAVA_HOME=$(java_home); }
  [ -n "$JAVA_HOME" ] || die "no Java 17 or newer under /usr/lib/jvm; set JAVA_HOME"
}

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# postgres NAME [SETTING=VALUE...]: a throw-away cluster; sets $postgres to its URL and $postmaster to its first process.
postgres() {
  local dir=$work/$1
  clusters+=("$dir")
  postgres=$("$root/scripts/postgres.sh" start "$dir" "$(free_port)" "${@:2}")
  postmaster=$(head -n 1 "$dir/data/postmaster.pid")
}

# postgres_stop: ends the cluster that was started last.
postgres_stop() {
  "$root/scripts/postgres.sh" stop "${clusters[-1]}"
  unset 'clusters[-1]'
}

# built NAME [PROFILE]: where cargo put a program.
built() { echo "$(cd "$root" && cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/${2:-debug}/$1"; }

# The server that `cargo test` built.
skep() { built skep; }

# serve NAME ARGS...: starts a server ($SERVER, or the one that `cargo test` built) in a folder of its own, on free ports,
# with a warehouse there (or at $WAREHOUSE); sets $server (process), $uri, $api (HOST:PORT) and $warehouse.
serve() {
  local dir=$work/$1 bin
  shift
  bin=${SERVER:-$(skep)}
  mkdir -p "$dir/home"
  : >"$dir/out"
  warehouse=${WAREHOUSE:-$dir/warehouse}
  (cd "$dir" && HOME=$dir/home exec "$bin" serve --thrift-listen 127.0.0.1:0 --api-listen 127.0.0.1:0 --warehouse "file:$warehouse" "$@") >"$dir/out" 2>"$dir/log" &
  server=$!
  until uri=$(sed -n 's/^skep ready thrift=\([^ ]*\).*/thrift:\/\/\1/p' "$dir/out") && [ -n "$uri" ]; do
    kill -0 "$server" 2>/dev/null || { cat "$dir/log" >&2; die "the server did not start"; }
    sleep 0.1
  done
  api=$(sed -n 's/^skep ready .* api=\([^ ]*\).*/\1/p' "$dir/out")
}

# trino THRIFT_URI WAREHOUSE: starts one with a catalog `hive` of this metastore; sets $trino to its HOST:PORT, to nothing
# where the judges, which know how, are not at $PEER.
trino() {
  local port log=$work/trino.log judges=${PEER:-$root/../shared/peer} process
  trino=
  [ -x "$judges/engines/trino/start-trino.sh" ] || { echo "no judges at $judges: without Trino" >&2; return; }
  port=$(free_port)
  "$judges/engines/trino/start-trino.sh" "$1" "$2" "$port" "$work/trino" >"$log" 2>&1 &
  process=$!
  until curl -s -m 2 "127.0.0.1:$port/v1/info" | grep -q '"starting":false'; do
    kill -0 "$process" 2>/dev/null || { tail -n 20 "$log" >&2; die "Trino did not start"; }
    sleep 0.5
  done
  trino=127.0.0.1:$port
}

# tally LOG: the sums of its "N passed, N failed" (and cargo's "N passed; N failed").
tally() {
  awk 'match($0, /[0-9]+ passed[;,] [0-9]+ failed/) { split(substr($0, RSTART, RLENGTH), n, " "); p += n[1]; f += n[3] }
       END { print p + 0, f + 0 }' "$1"
}

# step NAME COMMAND...: runs it and adds what it counted to $passed and $failed; a command that counts nothing is one test.
step() {
  local name=$1 status=0 begin=$SECONDS p f
  shift
  echo "== $name"
  { "$@" 2>&1 | tee "$work/step.log"; } & # in the background, for bash hears no signal while it waits in the foreground
  wait $! || status=$?
  read -r p f < <(tally "$work/step.log")
  if [ "$status" = 0 ]; then [ $((p + f)) != 0 ] || p=1; else [ "$f" != 0 ] || f=1; fi
  passed=$((passed + p)) failed=$((failed + f))
  echo "-- $name: $([ "$status" = 0 ] && echo good || echo "BAD, status $status"), $((SECONDS - begin)) s"
}

# conditions: the line that stands over figures: when, of what, where, beside what.
conditions() {
  local changes cpu memory
  changes=$(git -C "$root" status --porcelain --untracked-files=no | wc -l)
  cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
  memory=$(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)
  echo "$(date -u +%F), commit $(git -C "$root" rev-parse --short HEAD)$([ "$changes" = 0 ] || echo " and changes"), $(nproc) cores" \
    "(${cpu:-$(uname -m)}), $memory, load before $(cut -d' ' -f1 /proc/loadavg); $(psql -qAt "$postgres" -c 'select split_part(version(), $$ on $$, 1)')," \
    "shared_buffers $(psql -qAt "$postgres" -c 'show shared_buffers');" \
    "$(env | sed -n 's/^\(SKEP_\(STORE\|METASTORE\|SERVER\)_[A-Z_]*=.*\)/\1/p' | sort | paste -sd' ' | sed 's/^$/default settings/')"
}
