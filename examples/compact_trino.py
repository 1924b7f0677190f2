#!/usr/bin/env python3
"""Compacts an event log on Trino: the same protocol as compact_spark.py, with plain HTTP and nothing to install.

    compact_trino.py LOG [TRINO_HOST:PORT [CATALOG [SKEP...]]]

Trino writes where it is told to by making a table there: an external one, which is dropped again and whose files stay. The
catalog needs `hive.non-managed-table-writes-enabled=true` and, where the log has timestamps,
`hive.timestamp-precision=MICROSECONDS`. It may be killed at any time: the final view shows what it showed before, and the next
run drops the table that was left.
"""
import json
import os
import pathlib
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from compact_spark import TTL_MS, Lease, Skep  # noqa: E402


class Trino:
    """Trino's REST interface: a statement is posted, then its pages are fetched until there is no next one."""

    def __init__(self, address, catalog="hive", user=None):
        self.url = address if "://" in address else f"http://{address}"
        self.headers = {"X-Trino-User": user or os.environ.get("USER", "skep"), "X-Trino-Catalog": catalog,
                        "X-Trino-Source": "skep compaction", "X-Trino-Time-Zone": "UTC"}
        self.catalog = catalog

    def __call__(self, sql, running=lambda: None, **session):
        """The statement's rows. `running` is called after every page; what it raises cancels the statement."""
        headers = dict(self.headers)
        if session:
            headers["X-Trino-Session"] = ",".join(f"{name}={value}" for name, value in session.items())
        page, rows = self.fetch(f"{self.url}/v1/statement", sql.encode(), headers), []
        while True:
            if "error" in page:
                raise RuntimeError(f"Trino: {page['error']['message']}")
            rows += page.get("data") or []
            if "nextUri" not in page:
                return rows
            try:
                running()
            except BaseException:
                self.fetch(page["nextUri"], None, headers, "DELETE")
                raise
            page = self.fetch(page["nextUri"], None, headers)

    @staticmethod
    def fetch(url, body, headers, method=None):
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=300) as answer:
            return json.loads(answer.read() or b"{}")


def quoted(*names):
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def compact(trino, skep, log, *options, files=None):
    """One compaction. Gives the snapshot, or None where there was nothing to do."""
    work = skep("compaction", "begin", log, "--holder", "Trino", "--ttl-ms", str(TTL_MS), *options)
    if work["token"] is None:
        return None
    token = str(work["token"])
    database, name = log.split(".")
    # One name for all compactions of the log: what a run that died left behind, the next one drops. No data goes with it.
    staging = quoted(trino.catalog, database, f"{name}_compaction")
    place = work["location"].replace("'", "''")
    writers = {} if files is None else {"task_min_writer_count": files, "task_max_writer_count": files}
    try:
        with Lease(skep, log, token) as lease:
            def running():
                if lease.lost:
                    raise lease.lost

            trino(f"DROP TABLE IF EXISTS {staging}")
            made = f"CREATE TABLE {staging} WITH (external_location = '{place}', format = 'PARQUET') AS {work['trino_query']}"
            trino(made, running, **writers)
            trino(f"DROP TABLE {staging}")
            running()
            return skep("compaction", "commit", log, "--token", token)
    except BaseException as error:
        try:
            skep("compaction", "abort", log, "--token", token, "--reason", str(error)[:500])
        except RuntimeError:
            pass  # overtaken: nothing of ours is left to be given up
        raise


if __name__ == "__main__":
    log = sys.argv[1]
    trino = Trino(sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1:8080", *sys.argv[3:4])
    done = compact(trino, Skep(sys.argv[4:] or ["cargo", "run", "--release", "--quiet", "--"]), log)
    print("nothing to compact" if done is None else f"{done['snapshot']}: {done['rows']} rows, up to {'/'.join(done['watermark'])}")
