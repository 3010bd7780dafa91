-- Reactions to comments: a row for each user, comment and type. It stays when the reaction is taken back, because its
-- place in the log is what the next change refers to, and what tells an entry that was applied before from a new one.
create table comment_reactions (
    archive_month   date not null,
    comment_id      bigint not null,
    user_id         text not null,
    type            text not null check (type in ('like', 'love', 'haha', 'wow', 'sad', 'angry')),
    is_set          boolean not null,
    username        text not null,
    avatar_url      text,
    idempotency_key text,
    epoch           integer not null,
    log_sequence    bigint not null,
    reacted_at      timestamptz not null,
    primary key (archive_month, comment_id, user_id, type)
) partition by list (archive_month);
-- Who reacted, newest first, of one type or (six look-ups) of all.
create index comment_reactions_by_type on comment_reactions (archive_month, comment_id, type, epoch, log_sequence) where is_set;

-- The persister makes the partitions of months to come.
do $$
declare
    month date;
begin
    for month in select distinct archive_month from streams loop
        execute format('create table if not exists %I partition of comment_reactions for values in (%L)', 'comment_reactions_' || to_char(month, 'YYYY_MM'), month);
    end loop;
end $$;

-- By type: like, love, haha, wow, sad, angry. Null when there never was one, as in most rows.
alter table comments add column reaction_counts integer[];
-- Reactions that are set, plus replies that are not deleted: the order "top".
alter table comments add column top_score integer not null default 0;
-- Comments that nobody reacted to or answered are not in it, so that a comment costs nothing here when it is written.
create index comments_by_score on comments (archive_month, stream_id, top_score, epoch, log_sequence) where top_score > 0;

-- Reactions to the stream itself, by type as above, and the last entry of the log that is counted in.
alter table streams add column reaction_counts bigint[];
alter table streams add column reactions_epoch integer not null default 0;
alter table streams add column reactions_sequence bigint not null default 0;

alter table streams add column commenter_count bigint not null default 0;
create table stream_commenters (
    stream_id text not null,
    user_id   text not null,
    primary key (stream_id, user_id)
);

-- What happened on a stream within a minute.
create table stream_minutes (
    stream_id text not null,
    minute    timestamptz not null,
    comments  integer not null default 0,
    reactions integer not null default 0,
    primary key (stream_id, minute)
);

-- The most who ever watched at once. The one table that the log knows nothing of.
create table stream_peaks (
    stream_id text primary key,
    viewers   integer not null,
    seen_at   timestamptz not null
);

-- What there is already.
insert into stream_commenters select distinct stream_id, user_id from comments;
update streams set commenter_count = counted.commenters
from (select stream_id, count(*) as commenters from stream_commenters group by stream_id) counted
where streams.id = counted.stream_id;
update comments set top_score = counted.replies
from (select archive_month, parent_id, count(*) as replies from comments where parent_id is not null and deleted_at is null group by archive_month, parent_id) counted
where comments.archive_month = counted.archive_month and comments.id = counted.parent_id;
