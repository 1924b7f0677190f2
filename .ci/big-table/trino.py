"""What Trino reads of it.

    trino.py HOST:PORT PARTITIONS
"""
import http.client
import json
import sys
import time
import urllib.parse

at, count = sys.argv[1], int(sys.argv[2])
files = (count + 999) // 1000


def query(text):
    server = http.client.HTTPConnection(at)
    server.request("POST", "/v1/statement", text.encode(), {"X-Trino-User": "skep", "X-Trino-Catalog": "hive", "X-Trino-Schema": "default"})
    rows = []
    while True:
        page = json.load(server.getresponse())
        if "error" in page:
            raise SystemExit(f"{text}: {page['error']['message']}")
        rows += page.get("data", [])
        if "nextUri" not in page:
            return rows
        server.request("GET", urllib.parse.urlsplit(page["nextUri"]).path, headers={"X-Trino-User": "skep"})


def ask(text, want):
    begin = time.monotonic()
    got = query(text)
    assert got == want, f"{text}: {got}, not {want}"
    print(f"Trino  {time.monotonic() - begin:6.1f} s  {text}")


ask('SELECT count(*) FROM "big$partitions"', [[count]])
ask("SELECT count(*), min(id) FROM big WHERE dt = '2015-01-01'", [[10, 0]])
ask("SELECT count(*), max(id) FROM big", [[10 * files, 1000 * (files - 1) + 9]])
