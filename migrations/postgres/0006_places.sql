-- Who has which place: tables and databases, earlier places of tables whose versions are kept, places behind links,
-- compactions under way, batches in quarantine, and places that are being deleted or moved to. `key` is the normal form of
-- the place, links resolved, with a slash at its end: what lies below it begins with it. `rank` is 0 for the one that came
-- first; a table at its default place is always that, so two can never be given the same. `leaf`: all that lies below
-- belongs to it, too.
create table place (
    id bigint generated always as identity primary key,
    key text collate "C" not null,
    rank bigint not null,
    kind bigint not null,
    owner bigint not null,
    name text collate "C" not null default '',
    leaf bigint not null,
    location text not null
);
create unique index place_by_key on place (key, rank);
create index place_by_owner on place (kind, owner);
-- What is being deleted or moved is asked for with every new partition; there is next to nothing.
create index place_tasks on place (key) where kind >= 10;

-- The key of a partition's place where it does not follow from its table's place and its name. It stays as long as a
-- version shows the row.
alter table partition add column place text collate "C";
create index partition_by_place on partition (place) where place is not null;

-- Something else lies at, above or below the table's place (of a database: at or around the places that its tables get, or
-- within them): who adds or deletes there asks the two indexes above. 0: nothing does, and nobody needs to ask.
alter table tbl add column crowded bigint not null default 0;
alter table database add column crowded bigint not null default 0;

-- What is done to files after a commit (deletions) or around one (moves), until it is done. It takes the place of `deletion`,
-- whose rows are taken over when they fall due.
create table file_task (
    id bigint generated always as identity primary key,
    body text not null,
    since bigint not null,
    at bigint not null,
    attempts bigint not null
);
create index file_task_due on file_task (at);
