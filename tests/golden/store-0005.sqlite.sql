BEGIN TRANSACTION;
CREATE TABLE base (
    id integer primary key autoincrement,
    uri text not null unique
);
INSERT INTO "base" VALUES(1,'file:/WAREHOUSE/d.db/p');
CREATE TABLE catalog (
    id integer primary key autoincrement,
    name text not null unique,
    definition text not null
);
INSERT INTO "catalog" VALUES(1,'hive','{"name":"hive","description":"Default catalog, for Hive","location":"file:/WAREHOUSE","create_time":1796134937,"parameters":{}}');
CREATE TABLE compaction (
    id bigint primary key,
    catalog text not null,
    database text not null,
    tbl text not null,
    partition text,
    kind bigint not null,
    state text not null,
    pool text,
    run_as text,
    initiator_id text,
    initiator_version text,
    options text not null,
    error text,
    enqueued_at bigint not null,
    ended_at bigint
);
CREATE TABLE counter (
    name text primary key,
    last bigint not null
);
CREATE TABLE database (
    id integer primary key autoincrement,
    catalog_id bigint not null references catalog (id),
    name text not null,
    definition text not null,
    unique (catalog_id, name)
);
INSERT INTO "database" VALUES(1,1,'default','{"catalog":"hive","name":"default","description":"Default Hive database","location":"file:/WAREHOUSE","managed_location":null,"parameters":{},"owner":"public","owner_type":"Role","create_time":1796134937}');
INSERT INTO "database" VALUES(2,1,'d','{"catalog":"hive","name":"d","description":null,"location":"file:/WAREHOUSE/d.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134937}');
INSERT INTO "database" VALUES(3,1,'a-b','{"catalog":"hive","name":"a-b","description":null,"location":"file:/WAREHOUSE/a-b.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134937}');
CREATE TABLE deletion (
    id integer primary key autoincrement,
    body text not null,
    at bigint not null,
    attempts bigint not null
);
INSERT INTO "deletion" VALUES(1,'{"location":"file:/WAREHOUSE/d.db/old","skip_trash":true}',0,0);
INSERT INTO "deletion" VALUES(2,'{"location":"file:/WAREHOUSE/d.db/a","skip_trash":true}',0,0);
CREATE TABLE document (
    kind text not null,
    scope text not null,
    name text not null,
    body text not null,
    primary key (kind, scope, name)
);
INSERT INTO "document" VALUES('role','','admin','{"create_time":1796134937}');
INSERT INTO "document" VALUES('role','','public','{"create_time":1796134937}');
CREATE TABLE event (
    seq integer primary key autoincrement,
    id bigint unique,
    at bigint not null,
    kind text not null,
    catalog text,
    database text,
    tbl text,
    table_id bigint,
    version bigint,
    body text not null
);
INSERT INTO "event" VALUES(1,NULL,1796134937635,'CREATE_DATABASE','hive','d',NULL,NULL,NULL,'{"catalog":"hive","name":"d","description":null,"location":"file:/WAREHOUSE/d.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134937}');
INSERT INTO "event" VALUES(2,NULL,1796134937637,'CREATE_DATABASE','hive','a-b',NULL,NULL,NULL,'{"catalog":"hive","name":"a-b","description":null,"location":"file:/WAREHOUSE/a-b.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134937}');
INSERT INTO "event" VALUES(3,NULL,1796134937638,'CREATE_TABLE','hive','d','a',1,1,'null');
INSERT INTO "event" VALUES(4,NULL,1796134937644,'CREATE_TABLE','hive','d','b',2,1,'null');
INSERT INTO "event" VALUES(5,NULL,1796134937646,'CREATE_TABLE','hive','d','u',3,1,'null');
INSERT INTO "event" VALUES(6,NULL,1796134937648,'ALTER_TABLE','hive','d','u',3,2,'{"truncate":false,"partition":null}');
INSERT INTO "event" VALUES(7,NULL,1796134937649,'CREATE_TABLE','hive','d','p',4,1,'null');
INSERT INTO "event" VALUES(8,NULL,1796134937651,'ADD_PARTITION','hive','d','p',4,2,'null');
INSERT INTO "event" VALUES(9,NULL,1796134937653,'ADD_PARTITION','hive','d','p',4,3,'null');
INSERT INTO "event" VALUES(10,NULL,1796134937655,'ADD_PARTITION','hive','d','p',4,4,'null');
INSERT INTO "event" VALUES(11,NULL,1796134937664,'CREATE_TABLE','hive','a-b','x',5,1,'null');
CREATE TABLE expired_place (
    id integer primary key autoincrement,
    location text not null,
    location_hash text not null unique,
    table_id bigint not null,
    table_name text not null,
    partition text not null,
    at bigint not null
);
CREATE TABLE file (
    id integer primary key autoincrement,
    table_id bigint not null,
    partition text not null,
    path text not null,
    added bigint not null,
    removed bigint,
    size bigint not null,
    modified_at bigint not null,
    etag text,
    row_count bigint not null,
    facts text not null
, block bigint not null default 0);
CREATE TABLE file_block (
    table_id bigint not null,
    partition text not null,
    block bigint not null,
    broken bigint,
    file_count bigint not null,
    size bigint not null,
    facts text not null,
    primary key (table_id, partition, block)
);
CREATE TABLE lock_component (
    lock_id bigint not null,
    idx bigint not null,
    txn_id bigint not null,
    catalog text not null,
    database text not null,
    tbl text,
    partition text,
    kind bigint not null,
    level bigint not null,
    state bigint not null,
    operation bigint not null,
    user_name text not null,
    host text not null,
    agent_info text not null,
    requested_at bigint not null,
    heartbeat_at bigint not null,
    acquired_at bigint,
    blocked_by bigint,
    blocked_by_idx bigint,
    primary key (lock_id, idx)
);
CREATE TABLE node_lease (
    epoch bigint not null,
    holder text not null,
    expires_at bigint not null
);
INSERT INTO "node_lease" VALUES(0,'',0);
CREATE TABLE partition (
    id integer primary key autoincrement,
    table_id bigint not null,
    name text not null,
    added bigint not null,
    removed bigint,
    slot bigint,
    base_id bigint,
    location text,
    partition_values text,
    params text,
    created_at bigint not null,
    accessed_at bigint not null,
    write_id bigint
);
INSERT INTO "partition" VALUES(1,4,'k=1',2,NULL,0,1,NULL,NULL,'{"transient_lastDdlTime":"1796134937"}',1796134937,0,NULL);
INSERT INTO "partition" VALUES(2,4,'k=2',3,NULL,0,NULL,'file:/WAREHOUSE/d.db/own',NULL,'{"transient_lastDdlTime":"1796134937"}',1796134937,0,NULL);
INSERT INTO "partition" VALUES(3,4,'k=3',4,NULL,0,NULL,'file:/WAREHOUSE/link/a',NULL,'{"numFiles":"0","numFilesErasureCoded":"0","totalSize":"0","transient_lastDdlTime":"1796134937"}',1796134937,0,NULL);
CREATE TABLE request (
    scope text not null,
    id text not null,
    body_hash text not null,
    answer text,
    at bigint not null,
    primary key (scope, id)
);
CREATE TABLE shape (
    id integer primary key autoincrement,
    hash text not null unique,
    body text not null
);
INSERT INTO "shape" VALUES(1,'e0dd6fa50d4fb4bacf08c3a7948b99bb34d15eac564e4ad6e4dae8636e1d9e42','{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false}');
CREATE TABLE skep_migration (version bigint primary key, name text not null, checksum text not null, at bigint not null);
INSERT INTO "skep_migration" VALUES(1,'0001_init','2ad130aaef9cbe16c2d764b63e32c12926a612e0e6c2fffc6e55b48acc64ee07',0);
INSERT INTO "skep_migration" VALUES(2,'0002_registration','5ae9fbf3d1306001bd4f1e6ddd2a6c42abd04fd8ae849149db6821d85aee75cc',0);
INSERT INTO "skep_migration" VALUES(3,'0003_plan','7584e5ce274d98e5ed9186359ff6daedf8f6753765f15c2112fe891a9948e1f4',0);
INSERT INTO "skep_migration" VALUES(4,'0004_versions','bea6aab1ec1fceb35402fc4a72108e092b6a13bdfc47b2f42d1f5827d44430d0',0);
INSERT INTO "skep_migration" VALUES(5,'0005_file_blocks','d46e3d985f174f0e601984ea28534339ed7fb38c628cd70a744cf9b6ba2e612f',0);
CREATE TABLE statistics (
    table_id bigint not null,
    partition text not null,
    engine text not null,
    column_name text not null,
    body text not null,
    primary key (table_id, partition, engine, column_name)
);
CREATE TABLE table_shape (
    table_id bigint not null,
    slot bigint not null,
    added bigint not null,
    removed bigint,
    shape_id bigint not null,
    primary key (table_id, slot, added)
);
INSERT INTO "table_shape" VALUES(4,0,2,NULL,1);
CREATE TABLE table_version (
    table_id bigint not null,
    version bigint not null,
    definition text,
    operation text not null,
    at bigint not null,
    by_user text,
    request_id text,
    primary key (table_id, version)
);
INSERT INTO "table_version" VALUES(1,1,'{"catalog":"hive","database":"d","name":"a","owner":"me","owner_type":"User","create_time":1796134937,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/a"},"partition_keys":[],"parameters":{"transient_lastDdlTime":"1796134937"},"table_type":"Managed","rewrite_enabled":false}','create_table',1796134937638,NULL,NULL);
INSERT INTO "table_version" VALUES(2,1,'{"catalog":"hive","database":"d","name":"b","owner":"me","owner_type":"User","create_time":1796134937,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/a"},"partition_keys":[],"parameters":{"numFiles":"0","numFilesErasureCoded":"0","totalSize":"0","transient_lastDdlTime":"1796134937"},"table_type":"Managed","rewrite_enabled":false}','create_table',1796134937644,NULL,NULL);
INSERT INTO "table_version" VALUES(3,1,'{"catalog":"hive","database":"d","name":"u","owner":"me","owner_type":"User","create_time":1796134937,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/u"},"partition_keys":[],"parameters":{"transient_lastDdlTime":"1796134937"},"table_type":"Managed","rewrite_enabled":false}','create_table',1796134937646,NULL,NULL);
INSERT INTO "table_version" VALUES(3,2,'{"catalog":"hive","database":"d","name":"u","owner":"me","owner_type":"User","create_time":1796134937,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/moved"},"partition_keys":[],"parameters":{"numFiles":"0","numFilesErasureCoded":"0","totalSize":"0","transient_lastDdlTime":"1796134937"},"table_type":"Managed","rewrite_enabled":false}','alter_table',1796134937648,NULL,NULL);
INSERT INTO "table_version" VALUES(4,1,'{"catalog":"hive","database":"d","name":"p","owner":"me","owner_type":"User","create_time":1796134937,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/p"},"partition_keys":[{"name":"k","type":"string"}],"parameters":{"transient_lastDdlTime":"1796134937"},"table_type":"Managed","rewrite_enabled":false}','create_table',1796134937649,NULL,NULL);
INSERT INTO "table_version" VALUES(4,2,NULL,'add_partitions',1796134937651,NULL,NULL);
INSERT INTO "table_version" VALUES(4,3,NULL,'add_partitions',1796134937654,NULL,NULL);
INSERT INTO "table_version" VALUES(4,4,NULL,'add_partitions',1796134937656,NULL,NULL);
INSERT INTO "table_version" VALUES(5,1,'{"catalog":"hive","database":"a-b","name":"x","owner":"me","owner_type":"User","create_time":1796134937,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/a-b.db/x"},"partition_keys":[],"parameters":{"transient_lastDdlTime":"1796134937"},"table_type":"Managed","rewrite_enabled":false}','create_table',1796134937664,NULL,NULL);
CREATE TABLE tbl (
    id integer primary key autoincrement,
    database_id bigint references database (id),
    name text not null,
    kind bigint not null,
    version bigint not null,
    definition_version bigint not null,
    changed_at bigint not null,
    dropped_at bigint
);
INSERT INTO "tbl" VALUES(1,2,'a',0,1,1,1796134937638,NULL);
INSERT INTO "tbl" VALUES(2,2,'b',0,1,1,1796134937644,NULL);
INSERT INTO "tbl" VALUES(3,2,'u',0,2,2,1796134937648,NULL);
INSERT INTO "tbl" VALUES(4,2,'p',0,4,1,1796134937656,NULL);
INSERT INTO "tbl" VALUES(5,3,'x',0,1,1,1796134937664,NULL);
CREATE TABLE txn (
    id bigint primary key,
    state bigint not null,
    kind bigint not null,
    user_name text not null,
    host text not null,
    agent_info text not null,
    started_at bigint not null,
    heartbeat_at bigint not null,
    ended_at bigint,
    commit_mark bigint
);
CREATE TABLE txn_component (
    txn_id bigint not null,
    catalog text not null,
    database text not null,
    tbl text not null,
    partition text,
    operation bigint not null
);
CREATE TABLE version_floor (
    table_id integer primary key,
    kept_from bigint not null,
    swept_to bigint not null
);
CREATE TABLE version_pin (
    table_id bigint not null,
    version bigint not null,
    at bigint not null,
    by_user text,
    note text,
    primary key (table_id, version)
);
CREATE TABLE write_id (
    catalog text not null,
    database text not null,
    tbl text not null,
    id bigint not null,
    txn_id bigint not null,
    primary key (catalog, database, tbl, id)
);
CREATE UNIQUE INDEX tbl_by_name on tbl (database_id, name) where dropped_at is null;
CREATE INDEX tbl_dropped on tbl (dropped_at) where dropped_at is not null;
CREATE UNIQUE INDEX partition_by_name on partition (table_id, name) where removed is null;
CREATE INDEX partition_changes on partition (table_id, added);
CREATE INDEX partition_removals on partition (table_id, removed) where removed is not null;
CREATE INDEX event_unnumbered on event (seq) where id is null;
CREATE INDEX lock_component_place on lock_component (catalog, database, tbl);
CREATE INDEX lock_component_txn on lock_component (txn_id) where txn_id <> 0;
CREATE INDEX lock_component_idle on lock_component (heartbeat_at) where txn_id = 0;
CREATE INDEX txn_open on txn (heartbeat_at) where state = 3;
CREATE INDEX txn_ended on txn (ended_at) where state <> 3;
CREATE INDEX txn_component_place on txn_component (catalog, database, tbl);
CREATE INDEX txn_component_txn on txn_component (txn_id);
CREATE UNIQUE INDEX write_id_txn on write_id (txn_id, catalog, database, tbl);
CREATE INDEX compaction_place on compaction (catalog, database, tbl);
CREATE INDEX compaction_ended on compaction (ended_at) where ended_at is not null;
CREATE INDEX tbl_materialized on tbl (id) where kind = 3 and dropped_at is null;
CREATE INDEX request_by_age on request (at);
CREATE UNIQUE INDEX file_by_path on file (table_id, partition, path) where removed is null;
CREATE INDEX file_removals on file (table_id, removed) where removed is not null;
CREATE INDEX file_in_order on file (table_id, partition, path);
CREATE INDEX expired_place_table on expired_place (table_name, id);
CREATE INDEX file_by_block on file (table_id, partition, block) where block > 0;
CREATE INDEX file_without_block on file (table_id, partition) where block = 0;
COMMIT;
