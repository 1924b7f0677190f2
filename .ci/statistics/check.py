"""Asks a Trino about the tables that run.sh registered.

    check.py HOST:PORT
"""
import json
import sys
import time
import urllib.error
import urllib.request

AT = "http" + f"://{sys.argv[1]}"
# benches/register/make.py: tree has 48 partitions of 3 files, job 10 of 100; a file has 50 rows, of 64 shapes.
TREE, JOB = 48 * 3 * 50, 10 * 100 * 50


def fetch(url, text=None):
    request = urllib.request.Request(url, text and text.encode(), {"X-Trino-User": "ci", "X-Trino-Catalog": "hive", "X-Trino-Schema": "lake"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def sql(text):
    rows, page = [], fetch(f"{AT}/v1/statement", text)
    while True:
        if "error" in page:
            raise RuntimeError(page["error"]["message"])
        rows += page.get("data", [])
        if "nextUri" not in page:
            return rows
        page = fetch(page["nextUri"])


def wait():
    for _ in range(600):
        try:
            if not fetch(f"{AT}/v1/info")["starting"]:
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    sys.exit("Trino did not start")


def show_stats(table, rows):
    """Column -> distinct, nulls' part, low, high; and the rows."""
    told = {row[0]: row for row in sql(f"SHOW STATS FOR {table}")}
    assert told[None][4] == rows, told[None]
    return {name: (row[2], row[3], row[5], row[6]) for name, row in told.items() if name}


def stats_of_a_table():
    told = show_stats("tree", TREE)
    distinct, nulls, low, high = told["id"]
    assert (nulls, low, high) == (0, "0", "3199") and distinct > 0, told["id"]
    assert (told["price"][1], float(told["price"][2]), told["price"][3]) == (0, 0, "799.75"), told["price"]
    # Distinct values are guessed by the size of dictionaries.
    assert abs(told["page"][1] - 1 / 7) < 0.01 and 5 <= told["page"][0] <= 20, told["page"]
    # Trino takes no bounds of timestamps from a metastore.
    assert told["at"][1] == 0 and told["at"][0] > 0, told["at"]
    assert told["dt"][0] == 2 and told["hour"][0] == 24, told
    return f"{len(told)} columns"


def stats_of_a_part():
    told = {row[0]: row for row in sql("SHOW STATS FOR (SELECT * FROM tree WHERE dt = '2020-01-01' AND hour < 2)")}
    assert told[None][4] == 2 * 3 * 50, told[None]
    assert (told["id"][5], told["id"][6]) == ("0", "299"), told["id"]
    return f"{told[None][4]:.0f} rows"


def rows_of_a_plan():
    plan = sql("EXPLAIN SELECT count(*) FROM tree WHERE dt = '2020-01-02'")[0][0]
    assert f"Estimates: {{rows: {TREE // 2} " in plan, plan
    half = sql("EXPLAIN SELECT page FROM tree WHERE id < 1600")[0][0]
    rows = int(half.split("ScanFilter")[1].split("{rows: ")[2].split(" ")[0].split("}")[0])
    assert abs(rows - TREE // 2) < TREE // 10, half
    return f"{TREE // 2} and {rows} rows"


def tables_of(node):
    found = [word for word in ("tree", "job") if f"lake:{word}" in json.dumps(node.get("descriptor", {}))]
    return found + [table for child in node.get("children", []) for table in tables_of(child)]


def join_of(node):
    if "Join" in node["name"]:
        return node
    return next((found for child in node.get("children", []) if (found := join_of(child))), None)


def order_of_a_join():
    """The smaller table is what the other is looked up in, whatever is written first."""
    for first, second in (("tree", "job"), ("job", "tree")):
        text = f"SELECT count(*) FROM {first} a JOIN {second} b ON a.id = b.id"
        plan = json.loads(sql(f"EXPLAIN (TYPE LOGICAL, FORMAT JSON) {text}")[0][0])
        build = tables_of(join_of(plan)["children"][1])
        assert build == ["tree"], (text, build, plan)
    return f"{TREE} rows are looked up in by {JOB}"


def main():
    wait()
    failed = 0
    cases = [stats_of_a_table, stats_of_a_part, rows_of_a_plan, order_of_a_join]
    for case in cases:
        begin = time.monotonic()
        try:
            how, said = "ok  ", case()
        except Exception as error:  # a case that breaks is one that failed
            how, said, failed = "FAIL", f"{type(error).__name__}: {error}", failed + 1
        print(f"{how} statistics/{case.__name__} ({time.monotonic() - begin:.1f}s): {said}", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(bool(failed))


main()
