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
-- A partition's files by block and path, in which order they are read page by page.
create index file_by_block on file (table_id, partition, block, path);
drop index file_in_order;
