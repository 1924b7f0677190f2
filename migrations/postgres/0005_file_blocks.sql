-- Files of one partition in blocks: what some hundred of them tell together, so that a plan leaves them out, and a
-- registration adds to them, without reading each. A block's facts hold of every file that was ever put into it, in any
-- version; `broken` is the version that first removed one. Files of block 0 are in none.
create table file_block (
    table_id bigint not null,
    partition text collate "C" not null,
    block bigint not null,
    broken bigint,
    file_count bigint not null,
    size bigint not null,
    facts text not null,
    primary key (table_id, partition, block)
);
alter table file add column block bigint not null default 0;
-- Two, so that no look-up by path can go through them: where Postgres has no statistics yet, all indexes look alike.
create index file_by_block on file (table_id, partition, block) where block > 0;
create index file_without_block on file (table_id, partition) where block = 0;
