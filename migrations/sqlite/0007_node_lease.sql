-- How long a lease lasts: another node takes its holder for gone when the row has not changed for so long by that other
-- node's own clock. `expires_at` differs after each renewal; as a time it is read by servers before this column only.
alter table node_lease add column lease_ms bigint not null default 0;
