-- When its author took the comment back; the row stays for moderators.
alter table comments add column deleted_at timestamptz;

-- The list of streams, newest first, page by page: all of them, and those of one status.
create index streams_by_start on streams (started_at desc, id desc);
drop index streams_by_status;
create index streams_by_status on streams (status, started_at desc, id desc);
