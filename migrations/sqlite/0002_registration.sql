-- Requests that may come again: the first answer is given again, for seven days. Written in the request's transaction.
create table request (
    scope text not null,
    id text not null,
    body_hash text not null,
    answer text,
    at bigint not null,
    primary key (scope, id)
);
create index request_by_age on request (at);

-- Files of registered partitions (partition '' is the table itself), added in one version of the table and removed in a
-- later one, like partitions. `path` is relative to the partition's location. `facts` is what the footer told.
create table file (
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
);
create unique index file_by_path on file (table_id, partition, path) where removed is null;
create index file_at_version on file (table_id, partition, added);
create index file_removals on file (table_id, removed) where removed is not null;
