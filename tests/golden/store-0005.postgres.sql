CREATE TABLE base (
    id bigint NOT NULL,
    uri text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE base ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME base_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE catalog (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    definition text NOT NULL
);
ALTER TABLE catalog ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME catalog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE compaction (
    id bigint NOT NULL,
    catalog text NOT NULL COLLATE pg_catalog."C",
    database text NOT NULL COLLATE pg_catalog."C",
    tbl text NOT NULL COLLATE pg_catalog."C",
    partition text COLLATE pg_catalog."C",
    kind bigint NOT NULL,
    state text NOT NULL,
    pool text,
    run_as text,
    initiator_id text,
    initiator_version text,
    options text NOT NULL,
    error text,
    enqueued_at bigint NOT NULL,
    ended_at bigint
);
CREATE TABLE counter (
    name text NOT NULL COLLATE pg_catalog."C",
    last bigint NOT NULL
);
CREATE TABLE database (
    id bigint NOT NULL,
    catalog_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    definition text NOT NULL
);
ALTER TABLE database ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME database_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE deletion (
    id bigint NOT NULL,
    body text NOT NULL,
    at bigint NOT NULL,
    attempts bigint NOT NULL
);
ALTER TABLE deletion ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME deletion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE document (
    kind text NOT NULL COLLATE pg_catalog."C",
    scope text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL
);
CREATE TABLE event (
    seq bigint NOT NULL,
    id bigint,
    at bigint NOT NULL,
    kind text NOT NULL,
    catalog text,
    database text,
    tbl text,
    table_id bigint,
    version bigint,
    body text NOT NULL
);
ALTER TABLE event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME event_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE expired_place (
    id bigint NOT NULL,
    location text NOT NULL,
    location_hash text NOT NULL COLLATE pg_catalog."C",
    table_id bigint NOT NULL,
    table_name text NOT NULL COLLATE pg_catalog."C",
    partition text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL
);
ALTER TABLE expired_place ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME expired_place_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE file (
    id bigint NOT NULL,
    table_id bigint NOT NULL,
    partition text NOT NULL COLLATE pg_catalog."C",
    path text NOT NULL COLLATE pg_catalog."C",
    added bigint NOT NULL,
    removed bigint,
    size bigint NOT NULL,
    modified_at bigint NOT NULL,
    etag text,
    row_count bigint NOT NULL,
    facts text NOT NULL,
    block bigint DEFAULT 0 NOT NULL
);
CREATE TABLE file_block (
    table_id bigint NOT NULL,
    partition text NOT NULL COLLATE pg_catalog."C",
    block bigint NOT NULL,
    broken bigint,
    file_count bigint NOT NULL,
    size bigint NOT NULL,
    facts text NOT NULL
);
ALTER TABLE file ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME file_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE lock_component (
    lock_id bigint NOT NULL,
    idx bigint NOT NULL,
    txn_id bigint NOT NULL,
    catalog text NOT NULL COLLATE pg_catalog."C",
    database text NOT NULL COLLATE pg_catalog."C",
    tbl text COLLATE pg_catalog."C",
    partition text COLLATE pg_catalog."C",
    kind bigint NOT NULL,
    level bigint NOT NULL,
    state bigint NOT NULL,
    operation bigint NOT NULL,
    user_name text NOT NULL,
    host text NOT NULL,
    agent_info text NOT NULL,
    requested_at bigint NOT NULL,
    heartbeat_at bigint NOT NULL,
    acquired_at bigint,
    blocked_by bigint,
    blocked_by_idx bigint
);
CREATE TABLE node_lease (
    epoch bigint NOT NULL,
    holder text NOT NULL,
    expires_at bigint NOT NULL
);
CREATE TABLE partition (
    id bigint NOT NULL,
    table_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    added bigint NOT NULL,
    removed bigint,
    slot bigint,
    base_id bigint,
    location text,
    partition_values text,
    params text,
    created_at bigint NOT NULL,
    accessed_at bigint NOT NULL,
    write_id bigint
);
ALTER TABLE partition ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME partition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE request (
    scope text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    body_hash text NOT NULL,
    answer text,
    at bigint NOT NULL
);
CREATE TABLE shape (
    id bigint NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL
);
ALTER TABLE shape ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME shape_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE skep_migration (
    version bigint NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE statistics (
    table_id bigint NOT NULL,
    partition text NOT NULL COLLATE pg_catalog."C",
    engine text NOT NULL COLLATE pg_catalog."C",
    column_name text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL
);
CREATE TABLE table_shape (
    table_id bigint NOT NULL,
    slot bigint NOT NULL,
    added bigint NOT NULL,
    removed bigint,
    shape_id bigint NOT NULL
);
CREATE TABLE table_version (
    table_id bigint NOT NULL,
    version bigint NOT NULL,
    definition text,
    operation text NOT NULL,
    at bigint NOT NULL,
    by_user text,
    request_id text
);
CREATE TABLE tbl (
    id bigint NOT NULL,
    database_id bigint,
    name text NOT NULL COLLATE pg_catalog."C",
    kind bigint NOT NULL,
    version bigint NOT NULL,
    definition_version bigint NOT NULL,
    changed_at bigint NOT NULL,
    dropped_at bigint
);
ALTER TABLE tbl ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tbl_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE txn (
    id bigint NOT NULL,
    state bigint NOT NULL,
    kind bigint NOT NULL,
    user_name text NOT NULL,
    host text NOT NULL,
    agent_info text NOT NULL,
    started_at bigint NOT NULL,
    heartbeat_at bigint NOT NULL,
    ended_at bigint,
    commit_mark bigint
);
CREATE TABLE txn_component (
    txn_id bigint NOT NULL,
    catalog text NOT NULL COLLATE pg_catalog."C",
    database text NOT NULL COLLATE pg_catalog."C",
    tbl text NOT NULL COLLATE pg_catalog."C",
    partition text COLLATE pg_catalog."C",
    operation bigint NOT NULL
);
CREATE TABLE version_floor (
    table_id bigint NOT NULL,
    kept_from bigint NOT NULL,
    swept_to bigint NOT NULL
);
CREATE TABLE version_pin (
    table_id bigint NOT NULL,
    version bigint NOT NULL,
    at bigint NOT NULL,
    by_user text,
    note text
);
CREATE TABLE write_id (
    catalog text NOT NULL COLLATE pg_catalog."C",
    database text NOT NULL COLLATE pg_catalog."C",
    tbl text NOT NULL COLLATE pg_catalog."C",
    id bigint NOT NULL,
    txn_id bigint NOT NULL
);
INSERT INTO base OVERRIDING SYSTEM VALUE VALUES (1, 'file:/WAREHOUSE/d.db/p');
INSERT INTO catalog OVERRIDING SYSTEM VALUE VALUES (1, 'hive', '{"name":"hive","description":"Default catalog, for Hive","location":"file:/WAREHOUSE","create_time":1796134938,"parameters":{}}');
INSERT INTO database OVERRIDING SYSTEM VALUE VALUES (1, 1, 'default', '{"catalog":"hive","name":"default","description":"Default Hive database","location":"file:/WAREHOUSE","managed_location":null,"parameters":{},"owner":"public","owner_type":"Role","create_time":1796134938}');
INSERT INTO database OVERRIDING SYSTEM VALUE VALUES (2, 1, 'd', '{"catalog":"hive","name":"d","description":null,"location":"file:/WAREHOUSE/d.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134938}');
INSERT INTO database OVERRIDING SYSTEM VALUE VALUES (3, 1, 'a-b', '{"catalog":"hive","name":"a-b","description":null,"location":"file:/WAREHOUSE/a-b.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134938}');
INSERT INTO deletion OVERRIDING SYSTEM VALUE VALUES (1, '{"location":"file:/WAREHOUSE/d.db/old","skip_trash":true}', 0, 0);
INSERT INTO deletion OVERRIDING SYSTEM VALUE VALUES (2, '{"location":"file:/WAREHOUSE/d.db/a","skip_trash":true}', 0, 0);
INSERT INTO document VALUES ('role', '', 'admin', '{"create_time":1796134938}');
INSERT INTO document VALUES ('role', '', 'public', '{"create_time":1796134938}');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (1, NULL, 1796134938188, 'CREATE_DATABASE', 'hive', 'd', NULL, NULL, NULL, '{"catalog":"hive","name":"d","description":null,"location":"file:/WAREHOUSE/d.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134938}');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (2, NULL, 1796134938196, 'CREATE_DATABASE', 'hive', 'a-b', NULL, NULL, NULL, '{"catalog":"hive","name":"a-b","description":null,"location":"file:/WAREHOUSE/a-b.db","managed_location":null,"parameters":{},"owner":null,"owner_type":null,"create_time":1796134938}');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (3, NULL, 1796134938200, 'CREATE_TABLE', 'hive', 'd', 'a', 1, 1, 'null');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (4, NULL, 1796134938209, 'CREATE_TABLE', 'hive', 'd', 'b', 2, 1, 'null');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (5, NULL, 1796134938212, 'CREATE_TABLE', 'hive', 'd', 'u', 3, 1, 'null');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (6, NULL, 1796134938217, 'ALTER_TABLE', 'hive', 'd', 'u', 3, 2, '{"truncate":false,"partition":null}');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (7, NULL, 1796134938223, 'CREATE_TABLE', 'hive', 'd', 'p', 4, 1, 'null');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (8, NULL, 1796134938229, 'ADD_PARTITION', 'hive', 'd', 'p', 4, 2, 'null');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (9, NULL, 1796134938243, 'ADD_PARTITION', 'hive', 'd', 'p', 4, 3, 'null');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (10, NULL, 1796134938249, 'ADD_PARTITION', 'hive', 'd', 'p', 4, 4, 'null');
INSERT INTO event OVERRIDING SYSTEM VALUE VALUES (11, NULL, 1796134938256, 'CREATE_TABLE', 'hive', 'a-b', 'x', 5, 1, 'null');
INSERT INTO node_lease VALUES (0, '', 0);
INSERT INTO partition OVERRIDING SYSTEM VALUE VALUES (1, 4, 'k=1', 2, NULL, 0, 1, NULL, NULL, '{"transient_lastDdlTime":"1796134938"}', 1796134938, 0, NULL);
INSERT INTO partition OVERRIDING SYSTEM VALUE VALUES (2, 4, 'k=2', 3, NULL, 0, NULL, 'file:/WAREHOUSE/d.db/own', NULL, '{"transient_lastDdlTime":"1796134938"}', 1796134938, 0, NULL);
INSERT INTO partition OVERRIDING SYSTEM VALUE VALUES (3, 4, 'k=3', 4, NULL, 0, NULL, 'file:/WAREHOUSE/link/a', NULL, '{"numFiles":"0","numFilesErasureCoded":"0","totalSize":"0","transient_lastDdlTime":"1796134938"}', 1796134938, 0, NULL);
INSERT INTO shape OVERRIDING SYSTEM VALUE VALUES (1, 'e0dd6fa50d4fb4bacf08c3a7948b99bb34d15eac564e4ad6e4dae8636e1d9e42', '{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false}');
INSERT INTO skep_migration VALUES (1, '0001_init', 'dc4f0d57799496857ab9d6e23f0ceccdd62d351723436e795b283289b4e3c736', 0);
INSERT INTO skep_migration VALUES (2, '0002_registration', 'fc263bcee067e2ba7beab99bcdf1adc1597a563543a8991681e5c8b49e8a3730', 0);
INSERT INTO skep_migration VALUES (3, '0003_plan', '7584e5ce274d98e5ed9186359ff6daedf8f6753765f15c2112fe891a9948e1f4', 0);
INSERT INTO skep_migration VALUES (4, '0004_versions', '38814450322622d27c287747495ec4bdda6a11570df485dbdefca39c0f757b5c', 0);
INSERT INTO skep_migration VALUES (5, '0005_file_blocks', '3a94bedb072f7dedf68981bb596937c09537b5b59b999c52c70a63956756b5e4', 0);
INSERT INTO table_shape VALUES (4, 0, 2, NULL, 1);
INSERT INTO table_version VALUES (1, 1, '{"catalog":"hive","database":"d","name":"a","owner":"me","owner_type":"User","create_time":1796134938,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/a"},"partition_keys":[],"parameters":{"transient_lastDdlTime":"1796134938"},"table_type":"Managed","rewrite_enabled":false}', 'create_table', 1796134938202, NULL, NULL);
INSERT INTO table_version VALUES (2, 1, '{"catalog":"hive","database":"d","name":"b","owner":"me","owner_type":"User","create_time":1796134938,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/a"},"partition_keys":[],"parameters":{"numFiles":"0","numFilesErasureCoded":"0","totalSize":"0","transient_lastDdlTime":"1796134938"},"table_type":"Managed","rewrite_enabled":false}', 'create_table', 1796134938212, NULL, NULL);
INSERT INTO table_version VALUES (3, 1, '{"catalog":"hive","database":"d","name":"u","owner":"me","owner_type":"User","create_time":1796134938,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/u"},"partition_keys":[],"parameters":{"transient_lastDdlTime":"1796134938"},"table_type":"Managed","rewrite_enabled":false}', 'create_table', 1796134938213, NULL, NULL);
INSERT INTO table_version VALUES (3, 2, '{"catalog":"hive","database":"d","name":"u","owner":"me","owner_type":"User","create_time":1796134938,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/moved"},"partition_keys":[],"parameters":{"numFiles":"0","numFilesErasureCoded":"0","totalSize":"0","transient_lastDdlTime":"1796134938"},"table_type":"Managed","rewrite_enabled":false}', 'alter_table', 1796134938219, NULL, NULL);
INSERT INTO table_version VALUES (4, 1, '{"catalog":"hive","database":"d","name":"p","owner":"me","owner_type":"User","create_time":1796134938,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/d.db/p"},"partition_keys":[{"name":"k","type":"string"}],"parameters":{"transient_lastDdlTime":"1796134938"},"table_type":"Managed","rewrite_enabled":false}', 'create_table', 1796134938224, NULL, NULL);
INSERT INTO table_version VALUES (4, 2, NULL, 'add_partitions', 1796134938231, NULL, NULL);
INSERT INTO table_version VALUES (4, 3, NULL, 'add_partitions', 1796134938245, NULL, NULL);
INSERT INTO table_version VALUES (4, 4, NULL, 'add_partitions', 1796134938250, NULL, NULL);
INSERT INTO table_version VALUES (5, 1, '{"catalog":"hive","database":"a-b","name":"x","owner":"me","owner_type":"User","create_time":1796134938,"last_access_time":0,"retention":0,"storage":{"shape":{"columns":[{"name":"a","type":"int"}],"input_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat","output_format":"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat","compressed":false,"buckets":-1,"serde":{"library":"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe","parameters":{}},"bucket_columns":[],"sort_columns":[],"parameters":{},"stored_as_sub_directories":false},"location":"file:/WAREHOUSE/a-b.db/x"},"partition_keys":[],"parameters":{"transient_lastDdlTime":"1796134938"},"table_type":"Managed","rewrite_enabled":false}', 'create_table', 1796134938257, NULL, NULL);
INSERT INTO tbl OVERRIDING SYSTEM VALUE VALUES (1, 2, 'a', 0, 1, 1, 1796134938202, NULL);
INSERT INTO tbl OVERRIDING SYSTEM VALUE VALUES (2, 2, 'b', 0, 1, 1, 1796134938212, NULL);
INSERT INTO tbl OVERRIDING SYSTEM VALUE VALUES (3, 2, 'u', 0, 2, 2, 1796134938219, NULL);
INSERT INTO tbl OVERRIDING SYSTEM VALUE VALUES (4, 2, 'p', 0, 4, 1, 1796134938250, NULL);
INSERT INTO tbl OVERRIDING SYSTEM VALUE VALUES (5, 3, 'x', 0, 1, 1, 1796134938257, NULL);
SELECT pg_catalog.setval('base_id_seq', 1, true);
SELECT pg_catalog.setval('catalog_id_seq', 1, true);
SELECT pg_catalog.setval('database_id_seq', 3, true);
SELECT pg_catalog.setval('deletion_id_seq', 2, true);
SELECT pg_catalog.setval('event_seq_seq', 11, true);
SELECT pg_catalog.setval('expired_place_id_seq', 1, false);
SELECT pg_catalog.setval('file_id_seq', 1, false);
SELECT pg_catalog.setval('partition_id_seq', 3, true);
SELECT pg_catalog.setval('shape_id_seq', 1, true);
SELECT pg_catalog.setval('tbl_id_seq', 5, true);
ALTER TABLE ONLY base
    ADD CONSTRAINT base_pkey PRIMARY KEY (id);
ALTER TABLE ONLY base
    ADD CONSTRAINT base_uri_key UNIQUE (uri);
ALTER TABLE ONLY catalog
    ADD CONSTRAINT catalog_name_key UNIQUE (name);
ALTER TABLE ONLY catalog
    ADD CONSTRAINT catalog_pkey PRIMARY KEY (id);
ALTER TABLE ONLY compaction
    ADD CONSTRAINT compaction_pkey PRIMARY KEY (id);
ALTER TABLE ONLY counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (name);
ALTER TABLE ONLY database
    ADD CONSTRAINT database_catalog_id_name_key UNIQUE (catalog_id, name);
ALTER TABLE ONLY database
    ADD CONSTRAINT database_pkey PRIMARY KEY (id);
ALTER TABLE ONLY deletion
    ADD CONSTRAINT deletion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY document
    ADD CONSTRAINT document_pkey PRIMARY KEY (kind, scope, name);
ALTER TABLE ONLY event
    ADD CONSTRAINT event_id_key UNIQUE (id);
ALTER TABLE ONLY event
    ADD CONSTRAINT event_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY expired_place
    ADD CONSTRAINT expired_place_location_hash_key UNIQUE (location_hash);
ALTER TABLE ONLY expired_place
    ADD CONSTRAINT expired_place_pkey PRIMARY KEY (id);
ALTER TABLE ONLY file_block
    ADD CONSTRAINT file_block_pkey PRIMARY KEY (table_id, partition, block);
ALTER TABLE ONLY file
    ADD CONSTRAINT file_pkey PRIMARY KEY (id);
ALTER TABLE ONLY lock_component
    ADD CONSTRAINT lock_component_pkey PRIMARY KEY (lock_id, idx);
ALTER TABLE ONLY partition
    ADD CONSTRAINT partition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY request
    ADD CONSTRAINT request_pkey PRIMARY KEY (scope, id);
ALTER TABLE ONLY shape
    ADD CONSTRAINT shape_hash_key UNIQUE (hash);
ALTER TABLE ONLY shape
    ADD CONSTRAINT shape_pkey PRIMARY KEY (id);
ALTER TABLE ONLY skep_migration
    ADD CONSTRAINT skep_migration_pkey PRIMARY KEY (version);
ALTER TABLE ONLY statistics
    ADD CONSTRAINT statistics_pkey PRIMARY KEY (table_id, partition, engine, column_name);
ALTER TABLE ONLY table_shape
    ADD CONSTRAINT table_shape_pkey PRIMARY KEY (table_id, slot, added);
ALTER TABLE ONLY table_version
    ADD CONSTRAINT table_version_pkey PRIMARY KEY (table_id, version);
ALTER TABLE ONLY tbl
    ADD CONSTRAINT tbl_pkey PRIMARY KEY (id);
ALTER TABLE ONLY txn
    ADD CONSTRAINT txn_pkey PRIMARY KEY (id);
ALTER TABLE ONLY version_floor
    ADD CONSTRAINT version_floor_pkey PRIMARY KEY (table_id);
ALTER TABLE ONLY version_pin
    ADD CONSTRAINT version_pin_pkey PRIMARY KEY (table_id, version);
ALTER TABLE ONLY write_id
    ADD CONSTRAINT write_id_pkey PRIMARY KEY (catalog, database, tbl, id);
CREATE INDEX compaction_ended ON compaction USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX compaction_place ON compaction USING btree (catalog, database, tbl);
CREATE INDEX event_unnumbered ON event USING btree (seq) WHERE (id IS NULL);
CREATE INDEX expired_place_table ON expired_place USING btree (table_name, id);
CREATE INDEX file_by_block ON file USING btree (table_id, partition, block) WHERE (block > 0);
CREATE UNIQUE INDEX file_by_path ON file USING btree (table_id, partition, path) WHERE (removed IS NULL);
CREATE INDEX file_in_order ON file USING btree (table_id, partition, path);
CREATE INDEX file_removals ON file USING btree (table_id, removed) WHERE (removed IS NOT NULL);
CREATE INDEX file_without_block ON file USING btree (table_id, partition) WHERE (block = 0);
CREATE INDEX lock_component_idle ON lock_component USING btree (heartbeat_at) WHERE (txn_id = 0);
CREATE INDEX lock_component_place ON lock_component USING btree (catalog, database, tbl);
CREATE INDEX lock_component_txn ON lock_component USING btree (txn_id) WHERE (txn_id <> 0);
CREATE UNIQUE INDEX partition_by_name ON partition USING btree (table_id, name) WHERE (removed IS NULL);
CREATE INDEX partition_changes ON partition USING btree (table_id, added);
CREATE INDEX partition_removals ON partition USING btree (table_id, removed) WHERE (removed IS NOT NULL);
CREATE INDEX request_by_age ON request USING btree (at);
CREATE UNIQUE INDEX tbl_by_name ON tbl USING btree (database_id, name) WHERE (dropped_at IS NULL);
CREATE INDEX tbl_dropped ON tbl USING btree (dropped_at) WHERE (dropped_at IS NOT NULL);
CREATE INDEX tbl_materialized ON tbl USING btree (id) WHERE ((kind = 3) AND (dropped_at IS NULL));
CREATE INDEX txn_component_place ON txn_component USING btree (catalog, database, tbl);
CREATE INDEX txn_component_txn ON txn_component USING btree (txn_id);
CREATE INDEX txn_ended ON txn USING btree (ended_at) WHERE (state <> 3);
CREATE INDEX txn_open ON txn USING btree (heartbeat_at) WHERE (state = 3);
CREATE UNIQUE INDEX write_id_txn ON write_id USING btree (txn_id, catalog, database, tbl);
ALTER TABLE ONLY database
    ADD CONSTRAINT database_catalog_id_fkey FOREIGN KEY (catalog_id) REFERENCES catalog(id);
ALTER TABLE ONLY tbl
    ADD CONSTRAINT tbl_database_id_fkey FOREIGN KEY (database_id) REFERENCES database(id);
