-- The definition that holds in a version is the last one at or before it. Most versions change partitions only and have
-- none: whoever looks for it must not pass them one by one.
create index table_version_defined on table_version (table_id, version) where definition is not null;
