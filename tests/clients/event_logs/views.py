"""Views of `skep views create`, read by every engine: each must show the rows that the definition says.

    views.py THRIFT_URI API_HOST:PORT SKEP [TRINO_HOST:PORT]

With Trino each view is made twice, with Trino's own text and with Hive's alone. HIVE_DRIVER names hive/hive.sh of the judges.
"""
import datetime
import os
import shutil
import sys
import tempfile
import time
import uuid
from decimal import Decimal

from engines import Hive, Spark, Trino, spark_session
from compact_spark import Skep
import pyarrow as pa
import pyarrow.parquet as pq

AT = datetime.datetime(2024, 2, 29, 23, 59, 59, 123456)
ORDERS = [  # id, shop, price, weight, note, at; dt
    (1, 1, Decimal("2.50"), 1.0, " \x0ca'b ", AT, "2024-01-01"),
    (2, 2, Decimal("-0.01"), 0.5, None, None, "2024-01-02"),
    (3, 1, None, -7.25, "Äb\\n", AT, "2024-01-02"),
    (4, 9, Decimal("99999999.99"), None, "", AT.replace(microsecond=0), "2024-01-03"),
    (5, None, Decimal("1.00"), 2.0, "x%y_z", AT, "2024-01-03"),
]
SHOPS = [(1, "one"), (2, None), (3, "three")]
VIEWS = {
    "functions": (
        r"""SELECT id, upper(note) AS big, trim(note) AS bare, length(note) AS long, substr(note, 2, 3) AS part,
                   coalesce(note, '-') AS told, note || '''\' AS loud, price * 2 AS twice, weight / 4 AS quarter, id % 3 AS rest,
                   year(at) AS "year", cast(at AS date) AS day, nullif(shop, 2) AS nil, abs(- shop) AS a, at,
                   CASE shop WHEN 1 THEN 1 ELSE 2.5 END AS n
            FROM orders WHERE dt BETWEEN '2024-01-01' AND '2024-01-03' AND (note LIKE '%b%' OR note IS NULL OR id IN (4, 5))""",
        lambda: [
            (id, up(note, str.upper), up(note, lambda t: t.strip(" ")), up(note, len), up(note, lambda t: t[1:4]),
             "-" if note is None else note, up(note, lambda t: t + "'\\"), up(price, lambda p: p * 2), up(weight, lambda w: w / 4),
             id % 3, up(at, lambda t: t.year), up(at, lambda t: t.date()), None if shop == 2 else shop, shop, at,
             Decimal("1.0") if shop == 1 else Decimal("2.5"))
            for id, shop, price, weight, note, at, _ in ORDERS]),
    "groups": (
        """SELECT s.name, count(*) AS n, count(DISTINCT o.dt) AS days, sum(o.price) AS total, sum(o.id) AS ids, min(o.note) AS least,
                  max(o.at) AS latest, avg(o.shop) AS mean
           FROM orders o LEFT JOIN shops s ON o.shop = s.id GROUP BY s.name HAVING count(*) > 1""",
        lambda: [
            ("one", 2, 2, Decimal("2.50"), 4, " \x0ca'b ", AT, 1.0),
            (None, 3, 2, Decimal("100000000.98"), 11, "", AT, 5.5)]),
    "unions": (
        """SELECT x.shop AS k, 'it''s \\ one' AS kind FROM (SELECT DISTINCT shop FROM orders WHERE shop IS NOT NULL) x
           UNION ALL SELECT id, NULL FROM shops WHERE NOT id > 2
           UNION ALL SELECT length(note), 'len' FROM orders WHERE at >= TIMESTAMP '2024-02-29 23:59:59.1' AND cast(at AS date) < DATE '2024-03-01'""",
        lambda: [(1, "it's \\ one"), (2, "it's \\ one"), (9, "it's \\ one"), (1, None), (2, None), (6, "len"), (4, "len"), (5, "len")]),
}
# Trino has no translation of these Hive texts: aggregates, HAVING, TIMESTAMP '…', year. They are refused without a text of its own.
UNTRANSLATED = {"functions", "groups", "unions", "counts"}
VIEWS["plain"] = (
    """SELECT o.id, upper(o.note) AS big, trim(o.note) AS bare, coalesce(s.name, '-') AS shop, price * 2 AS twice, weight / 4 AS quarter,
              CASE WHEN o.shop = 1 THEN 'one' ELSE 'other' END AS which
       FROM orders o LEFT JOIN shops s ON o.shop = s.id WHERE dt > '2024-01-01' AND (note LIKE '%b%' OR note IS NULL OR o.id IN (4, 5))""",
    lambda: [
        (id, up(note, str.upper), up(note, lambda t: t.strip(" ")), dict(SHOPS).get(shop) or "-", up(price, lambda p: p * 2),
         up(weight, lambda w: w / 4), "one" if shop == 1 else "other")
        for id, shop, price, weight, note, at, dt in ORDERS if dt > "2024-01-01"])
VIEWS["counts"] = (
    "SELECT shop, count(*) AS n, sum(id) AS ids, max(at) AS latest FROM orders GROUP BY shop",
    lambda: [(1, 2, 4, AT), (2, 1, 2, None), (9, 1, 4, AT.replace(microsecond=0)), (None, 1, 5, AT)])


def up(value, make):
    return None if value is None else make(value)


def text(rows):
    """As Hive prints them, sorted."""
    one = lambda value: "NULL" if value is None else str(value)
    return sorted(tuple(map(one, row)) for row in rows)


class Field:
    def __init__(self, uri, api, skep, trino=None):
        os.environ["SKEP_ENDPOINT"] = api
        self.skep, self.db, self.lake = Skep([skep]), "views_" + uuid.uuid4().hex[:8], tempfile.mkdtemp(prefix="skep-views-")
        os.chmod(self.lake, 0o755)
        self.session = spark_session(uri)
        self.engines = [Spark(self.session)] + ([Trino(trino)] if trino else [])
        if os.environ.get("HIVE_DRIVER"):
            self.engines.append(Hive(os.environ["HIVE_DRIVER"], uri, self.lake))
        self.trino, self.good, self.bad = trino, 0, 0

    def tables(self):
        self.skep("databases", "create", self.db)
        columns = [("id", pa.int64()), ("shop", pa.int32()), ("price", pa.decimal128(10, 2)), ("weight", pa.float64()),
                   ("note", pa.string()), ("at", pa.timestamp("us"))]
        for day in sorted({order[-1] for order in ORDERS}):
            rows = list(zip(*(order[:-1] for order in ORDERS if order[-1] == day)))
            os.makedirs(f"{self.lake}/orders/dt={day}")
            pq.write_table(pa.table(rows, schema=pa.schema(columns)), f"{self.lake}/orders/dt={day}/part.parquet")
        os.makedirs(f"{self.lake}/shops")
        shops = pa.table(list(zip(*SHOPS)), schema=pa.schema([("id", pa.int32()), ("name", pa.string())]))
        pq.write_table(shops, f"{self.lake}/shops/part.parquet")
        self.skep("register", f"file:{self.lake}/orders/", "--table", f"{self.db}.orders", "--create", "--partition-by", "dt")
        self.skep("register", f"file:{self.lake}/shops/", "--table", f"{self.db}.shops", "--create")

    def check(self, name, sql, rows, trino_catalog):
        view = f"{self.db}.{name}" + ("" if trino_catalog else "_hive")
        made = self.skep("views", "create", view, "--sql", sql, "--trino-catalog", trino_catalog)
        names = [column["name"] for column in made["columns"]]
        for engine in self.engines:
            if not trino_catalog and engine.name != "Trino":
                continue  # the same text as before
            begin, mark = time.time(), '"' if engine.name == "Trino" else "`"
            try:
                found = text(engine(f"SELECT {', '.join(mark + one + mark for one in names)} FROM {view}"))
                problem = None if found == text(rows) else f"{found} instead of {text(rows)}"
            except Exception as error:
                problem = repr(error)[:2000]
            self.good, self.bad = self.good + (problem is None), self.bad + (problem is not None)
            what = f"a view of {name} read by {engine.name}" + ("" if trino_catalog else " by Hive's text")
            print(f"{'FAIL' if problem else 'ok  '} event-logs/{what} ({time.time() - begin:.1f}s){': ' + problem if problem else ''}", flush=True)

    def refused(self, name, sql):
        try:
            self.skep("views", "create", f"{self.db}.{name}_hive", "--sql", sql, "--trino-catalog", "")
            problem = "it was made"
        except RuntimeError as error:
            problem = None if "Trino cannot translate" in str(error) else str(error)
        self.good, self.bad = self.good + (problem is None), self.bad + (problem is not None)
        print(f"{'FAIL' if problem else 'ok  '} event-logs/a view of {name} needs Trino's own text (0.0s){': ' + problem if problem else ''}", flush=True)

    def __call__(self):
        try:
            self.tables()
            for name, (sql, rows) in VIEWS.items():
                self.check(name, sql, rows(), "hive")
                if name in UNTRANSLATED:
                    self.refused(name, sql)
                elif self.trino:
                    self.check(name, sql, rows(), "")
            self.skep("databases", "drop", self.db, "--cascade", "--yes")
        finally:
            self.session.stop()
            shutil.rmtree(self.lake, ignore_errors=True)
        print(f"{self.good} passed, {self.bad} failed")
        return 1 if self.bad or not self.good else 0


if __name__ == "__main__":
    sys.exit(Field(*sys.argv[1:])())
