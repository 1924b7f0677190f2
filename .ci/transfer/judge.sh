#!/usr/bin/env bash
# Runs the judge of import and export (Transfer.java), compiled against Hive's own client:  judge.sh seed|dump URI ...
# PEER: where the judges are.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
peer=${PEER:-$here/../../../shared/peer}
. "$peer/hms/common.sh"
need_java
fetch_dist 4.0.1
fetch_runtime
sum=$(cksum <"$here/Transfer.java" | cut -d' ' -f1)
classes=$CACHE/transfer-$sum
if [ ! -e "$classes/.done" ]; then
  mkdir -p "$classes"
  "${JAVA%java}javac" -nowarn -proc:none -d "$classes" -cp "$DIST/lib/*:$RT/*" "$here/Transfer.java" >&2
  touch "$classes/.done"
fi
java_opens
exec "$JAVA" -Xmx2g "${OPENS[@]}" -cp "$classes:$DIST/lib/*:$RT/*" Transfer "$@"
