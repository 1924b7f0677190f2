create table catalog (
    id integer primary key autoincrement,
    name text not null unique,
    definition text not null
);

create table database (
    id integer primary key autoincrement,
    catalog_id bigint not null references catalog (id),
    name text not null,
    definition text not null,
    unique (catalog_id, name)
);

-- The row that a write of the table or of its partitions locks. `definition_version` is the version whose row in
-- table_version holds the current definition.
create table tbl (
    id integer primary key autoincrement,
    database_id bigint references database (id),
    name text not null,
    kind bigint not null,
    version bigint not null,
    definition_version bigint not null,
    changed_at bigint not null,
    dropped_at bigint
);
create unique index tbl_by_name on tbl (database_id, name) where dropped_at is null;
create index tbl_dropped on tbl (dropped_at) where dropped_at is not null;

-- What hangs on a table is written and deleted under the lock of its row above: it needs no foreign keys, which Postgres
-- checks row by row, by plans that it keeps from when the tables were small.
create table table_version (
    table_id bigint not null,
    version bigint not null,
    definition text,
    operation text not null,
    at bigint not null,
    by_user text,
    request_id text,
    primary key (table_id, version)
);

-- A storage descriptor without its location, shared by all that equal it.
create table shape (
    id integer primary key autoincrement,
    hash text not null unique,
    body text not null
);

-- Partitions hold a slot; ALTER … CASCADE changes what a slot means, not the partitions.
create table table_shape (
    table_id bigint not null,
    slot bigint not null,
    added bigint not null,
    removed bigint,
    shape_id bigint not null,
    primary key (table_id, slot, added)
);

create table base (
    id integer primary key autoincrement,
    uri text not null unique
);

-- Never updated but to set `removed`: a change removes a row and adds one.
create table partition (
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
create unique index partition_by_name on partition (table_id, name) where removed is null;
create index partition_changes on partition (table_id, added);
create index partition_removals on partition (table_id, removed) where removed is not null;

-- Column statistics; partition '' is the table itself.
create table statistics (
    table_id bigint not null,
    partition text not null,
    engine text not null,
    column_name text not null,
    body text not null,
    primary key (table_id, partition, engine, column_name)
);

-- Cold nouns: functions, constraints, roles, privileges, … one checked JSON document each.
create table document (
    kind text not null,
    scope text not null,
    name text not null,
    body text not null,
    primary key (kind, scope, name)
);

-- Ids of locks, transactions and other cold nouns; ids go on after purges.
create table counter (
    name text primary key,
    last bigint not null
);

-- `id` is given after the commit, under the lock of the counter row `event`: gapless and in order.
create table event (
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
create index event_unnumbered on event (seq) where id is null;

-- Hive's locks, a row a component. Every lock request and check begins by locking the counter row `lock`.
create table lock_component (
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
create index lock_component_place on lock_component (catalog, database, tbl);
create index lock_component_txn on lock_component (txn_id) where txn_id <> 0;
create index lock_component_idle on lock_component (heartbeat_at) where txn_id = 0;

-- Hive's transactions. `commit_mark` is the highest transaction id when it was committed: those opened later saw it.
create table txn (
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
create index txn_open on txn (heartbeat_at) where state = 3;
create index txn_ended on txn (ended_at) where state <> 3;

-- What a transaction updates or deletes: two that overlap must not both commit.
create table txn_component (
    txn_id bigint not null,
    catalog text not null,
    database text not null,
    tbl text not null,
    partition text,
    operation bigint not null
);
create index txn_component_place on txn_component (catalog, database, tbl);
create index txn_component_txn on txn_component (txn_id);

-- A transaction's number within a table, from 1. By name: Hive takes one before the table is there.
create table write_id (
    catalog text not null,
    database text not null,
    tbl text not null,
    id bigint not null,
    txn_id bigint not null,
    primary key (catalog, database, tbl, id)
);
create unique index write_id_txn on write_id (txn_id, catalog, database, tbl);

-- The queue of compactions, and those that were aborted for a time. By name, like write ids.
create table compaction (
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
create index compaction_place on compaction (catalog, database, tbl);
create index compaction_ended on compaction (ended_at) where ended_at is not null;

-- Deletions of files, decided by a commit and carried out after it, until they succeed.
create table deletion (
    id integer primary key autoincrement,
    body text not null,
    at bigint not null,
    attempts bigint not null
);

create index tbl_materialized on tbl (id) where kind = 3 and dropped_at is null;

-- Who is the only node (`store.single_node`), by the database's clock in milliseconds: one row. '' is nobody.
create table node_lease (
    epoch bigint not null,
    holder text not null,
    expires_at bigint not null
);
insert into node_lease (epoch, holder, expires_at) values (0, '', 0);
