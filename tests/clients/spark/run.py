"""Spark SQL, with its own Hive client, against a running server: a table of real Parquet files from its birth to its end.

    run.py THRIFT_URI WAREHOUSE_DIR SKEP ENDPOINT
"""
import glob
import os
import subprocess
import sys
import unittest
import uuid

from pyspark.sql import SparkSession

URI, WAREHOUSE, SKEP, ENDPOINT = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3], sys.argv[4]
DB = "spark_" + uuid.uuid4().hex[:8]


class Spark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        settings = {
            "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "2",
            "spark.sql.catalogImplementation": "hive", "spark.hadoop.hive.metastore.uris": URI,
            "spark.sql.warehouse.dir": "file:" + WAREHOUSE, "spark.hadoop.hive.exec.dynamic.partition.mode": "nonstrict",
            "spark.sql.session.timeZone": "UTC", "spark.driver.memory": "1g", "spark.log.level": "ERROR",
        }
        builder = SparkSession.builder.master("local[2]").appName("skep")
        for key, value in settings.items():
            builder = builder.config(key, value)
        cls.spark = builder.enableHiveSupport().getOrCreate()
        cls.metrics = cls.spark._jvm.org.apache.spark.metrics.source.HiveCatalogMetrics
        cls.sql(f"CREATE DATABASE {DB}")
        cls.sql(f"USE {DB}")

    @classmethod
    def tearDownClass(cls):
        cls.sql(f"DROP DATABASE {DB} CASCADE")
        cls.spark.stop()

    @classmethod
    def sql(cls, text):
        return [tuple(row) for row in cls.spark.sql(text).collect()]

    def files(self, table, partition=""):
        return glob.glob(f"{WAREHOUSE}/{DB}.db/{table}/{partition}/**/*.parquet", recursive=True)

    def fetched(self, text):
        """The rows, and how many partitions Spark took from the metastore for them."""
        self.metrics.reset()
        return self.sql(text), self.metrics.METRIC_PARTITIONS_FETCHED().getCount()

    def fill(self, table, using):
        self.sql(f"CREATE TABLE {table} (id BIGINT, note STRING, dt STRING, hour INT) {using}"
                 if "USING" in using else
                 f"CREATE TABLE {table} (id BIGINT, note STRING) PARTITIONED BY (dt STRING, hour INT) {using}")
        self.sql(f"INSERT INTO {table} PARTITION (dt, hour) SELECT id, concat('n', id), "
                 "concat('2024-01-0', 1 + id % 5), CAST(id % 4 AS INT) FROM range(200)")

    def life(self, table, using):
        self.fill(table, using)
        self.assertEqual(len(self.sql(f"SHOW PARTITIONS {table}")), 20)
        self.assertTrue(self.files(table, "dt=2024-01-01/hour=0"))
        self.assertEqual(self.sql(f"SELECT count(*), sum(id) FROM {table}"), [(200, 19900)])
        rows, partitions = self.fetched(f"SELECT count(*) FROM {table} WHERE dt = '2024-01-03' AND hour > 1")
        self.assertEqual((rows, partitions), ([(20,)], 2))
        self.sql(f"ALTER TABLE {table} DROP PARTITION (dt = '2024-01-03', hour = 2)")
        self.assertEqual(self.sql(f"SELECT count(*) FROM {table}"), [(190,)])
        self.assertEqual(self.files(table, "dt=2024-01-03/hour=2"), [])
        self.sql(f"DROP TABLE {table}")
        self.assertEqual(self.files(table), [])
        self.assertNotIn((DB, table, False), self.sql("SHOW TABLES"))

    def test_life_of_a_hive_table(self):
        self.life("hive_table", "STORED AS PARQUET")

    def test_life_of_a_datasource_table(self):
        self.life("own_table", "USING parquet PARTITIONED BY (dt, hour)")

    def test_new_columns_are_null_in_old_files(self):
        self.fill("grown", "STORED AS PARQUET")
        self.sql("ALTER TABLE grown ADD COLUMNS (more DOUBLE)")
        self.sql("INSERT INTO grown PARTITION (dt = '2024-02-01', hour = 0) VALUES (1000, 'new', 0.5)")
        self.assertEqual(self.sql("SELECT count(*), count(more) FROM grown"), [(201, 1)])

    def test_files_laid_down_by_hand_are_found(self):
        where = f"{WAREHOUSE}/{DB}.db/by_hand"
        self.spark.range(30).selectExpr("id", "id % 3 AS p").write.partitionBy("p").parquet(where)
        self.sql(f"CREATE EXTERNAL TABLE by_hand (id BIGINT) PARTITIONED BY (p BIGINT) STORED AS PARQUET LOCATION 'file:{where}'")
        self.sql("MSCK REPAIR TABLE by_hand")
        self.assertEqual(self.sql("SELECT p, count(*) FROM by_hand GROUP BY p ORDER BY p"), [(0, 10), (1, 10), (2, 10)])
        self.sql("DROP TABLE by_hand")
        self.assertTrue(self.files("by_hand"), "an external table's data is not the metastore's to delete")

    def test_overwrite_touches_its_partition_only(self):
        self.fill("over", "STORED AS PARQUET")
        self.sql("INSERT OVERWRITE over PARTITION (dt = '2024-01-01', hour = 0) VALUES (1, 'only')")
        self.assertEqual(self.sql("SELECT count(*) FROM over WHERE dt = '2024-01-01' AND hour = 0"), [(1,)])
        self.assertEqual(self.sql("SELECT count(*) FROM over"), [(191,)])

    def test_views_and_statistics(self):
        self.fill("facts", "STORED AS PARQUET")
        self.sql("CREATE VIEW late AS SELECT * FROM facts WHERE hour = 3")
        self.assertEqual(self.sql("SELECT count(*) FROM late"), [(50,)])
        self.sql("ANALYZE TABLE facts COMPUTE STATISTICS FOR COLUMNS id, note")
        told = dict((row[0], row[1]) for row in self.sql("DESCRIBE EXTENDED facts id"))
        self.assertEqual((told["min"], told["max"], told["num_nulls"]), ("0", "199", "0"))

    def register(self, where, table, *options):
        command = [SKEP, "register", f"file:{where}/", "--table", f"{DB}.{table}", "--endpoint", ENDPOINT, *options]
        subprocess.run(command, check=True, capture_output=True)
        self.spark.catalog.refreshTable(table)

    def told(self, table):
        """What DESCRIBE EXTENDED says of the whole table: bytes and rows; None where it says nothing."""
        text = {row[0]: row[1] for row in self.sql(f"DESCRIBE EXTENDED {table}")}.get("Statistics")
        return text and tuple(int(word) for word in text.replace(",", "").split() if word.isdigit())

    def column(self, table, name):
        told = {row[0]: row[1] for row in self.sql(f"DESCRIBE EXTENDED {table} {name}")}
        return tuple(told[key] for key in ("min", "max", "num_nulls", "distinct_count"))

    def test_statistics_of_registered_files(self):
        where = f"{WAREHOUSE}/../lake-{DB}"
        rows = ("id", "CAST(id % 5 AS STRING) AS name", "IF(id % 10 = 0, NULL, id / 4) AS price", "id % 2 = 3 AS never",
                "CAST(id AS DECIMAL(9, 2)) AS cost", "date_add(DATE'2024-01-01', CAST(id AS INT)) AS day",
                "timestamp_seconds(1704067200 + id) AS at", "concat('2024-01-0', 1 + id DIV 50) AS dt")
        # Its own default, INT96, has no bounds.
        self.spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        self.spark.range(200).selectExpr(*rows).repartition(1).write.partitionBy("dt").parquet(where)
        self.register(where, "told", "--create", "--partition-by", "dt")
        size = sum(os.path.getsize(path) for path in glob.glob(f"{where}/*/*.parquet"))
        self.assertEqual(self.told("told"), (size, 200))
        # The ranges of ids do not meet; names may be the same in all partitions.
        self.assertEqual(self.column("told", "id")[:3], ("0", "199", "0"))
        self.assertAlmostEqual(int(self.column("told", "id")[3]), 200, delta=20)
        # Distinct values are guessed by the size of dictionaries.
        self.assertEqual(self.column("told", "name")[:3], ("NULL", "NULL", "0"))
        self.assertAlmostEqual(int(self.column("told", "name")[3]), 5, delta=2)
        self.assertEqual(self.column("told", "price")[:3], ("0.25", "49.75", "20"))
        self.assertEqual(self.column("told", "never"), ("false", "false", "0", "1"))
        self.assertEqual(self.column("told", "cost")[:3], ("0.00", "199.00", "0"))
        self.assertEqual(self.column("told", "day")[:3], ("2024-01-01", "2024-07-18", "0"))
        self.assertEqual([text[:19] for text in self.column("told", "at")[:2]], ["2024-01-01 00:00:00", "2024-01-01 00:03:19"])
        self.spark.conf.set("spark.sql.cbo.enabled", "true")
        plan = self.sql("EXPLAIN COST SELECT * FROM told WHERE id < 20")[0][0]
        self.spark.conf.unset("spark.sql.cbo.enabled")
        estimate = int(plan.split("Filter")[1].split("rowCount=")[1].split(")")[0].split("E")[0].split(".")[0])
        self.assertTrue(15 <= estimate <= 25, plan)

        # What another client adds makes them void, what is registered true again.
        self.sql("INSERT INTO told PARTITION (dt = '2024-02-01') VALUES (1000, 'x', 1.5, false, 1, DATE'2024-01-01', TIMESTAMP'2024-01-01 00:00:00')")
        self.spark.catalog.refreshTable("told")
        self.assertIsNone(self.told("told"))
        self.register(where, "told")
        self.assertEqual(self.told("told")[1], 201)
        self.assertEqual(self.column("told", "id")[:3], ("0", "1000", "0"))
        # A comment changes nothing; what ANALYZE says stands until files are registered again.
        self.sql("COMMENT ON TABLE told IS 'people'")
        self.assertEqual(self.told("told")[1], 201)
        self.sql("ANALYZE TABLE told COMPUTE STATISTICS FOR COLUMNS name")
        self.assertEqual(self.column("told", "name")[3], "6")
        self.spark.range(7).selectExpr("id + 2000 AS id", "'y' AS name", "'2024-03-01' AS dt").write.mode("append").partitionBy("dt").parquet(where)
        self.register(where, "told")
        self.assertEqual(self.told("told")[1], 208)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Spark)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad or not result.testsRun else 0)
