-- A partition's files in the order of their paths: those of any version are read page by page, also where there are
-- very many. What has been removed since lies among them until it is purged.
create index file_in_order on file (table_id, partition, path);
drop index file_at_version;
