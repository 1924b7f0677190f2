-- What retention has taken of a table: versions before `kept_from` are not whole any more, but pinned ones. Written before
-- the first row of them goes; `swept_to` is the last such version whose rows are all gone.
create table version_floor (
    table_id bigint primary key,
    kept_from bigint not null,
    swept_to bigint not null
);

-- Versions that stay until somebody says otherwise.
create table version_pin (
    table_id bigint not null,
    version bigint not null,
    at bigint not null,
    by_user text,
    note text,
    primary key (table_id, version)
);

-- Places of partitions and tables that only expired versions knew: told of, and deleted by command alone.
create table expired_place (
    id bigint generated always as identity primary key,
    location text not null,
    location_hash text collate "C" not null unique,
    table_id bigint not null,
    table_name text collate "C" not null,
    partition text collate "C" not null,
    at bigint not null
);
create index expired_place_table on expired_place (table_name, id);
