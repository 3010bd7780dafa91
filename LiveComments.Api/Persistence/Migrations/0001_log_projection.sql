-- Everything here is derived from the log and could be built again from it.

create table users (
    id           text primary key,
    username     text not null,
    avatar_url   text,
    first_seen   timestamptz not null,
    last_seen    timestamptz not null
);

create table streams (
    id            text primary key,
    title         text not null,
    description   text,
    creator_id    text not null,
    status        text not null check (status in ('scheduled', 'live', 'ended')),
    thumbnail_url text,
    video_url     text,
    comment_count bigint not null default 0,
    started_at    timestamptz not null,
    ended_at      timestamptz,
    -- The month the stream began: all of its comments lie in that month's partition, however long it goes on.
    archive_month date not null
);
create index streams_by_status on streams (status, started_at desc);

-- A partition a month of streams, so that old ones can be detached and archived in one piece.
-- The persister makes a month's partition when the first stream of that month begins.
create table comments (
    archive_month     date not null,
    stream_id         text not null,
    log_sequence      bigint not null,
    epoch             integer not null,
    id                bigint not null,
    user_id           text not null,
    username          text not null,
    avatar_url        text,
    content           text not null,
    parent_id         bigint,
    mentions          text[] not null default '{}',
    is_highlighted    boolean not null default false,
    is_pinned         boolean not null default false,
    is_paid           boolean not null default false,
    is_hidden         boolean not null default false,
    moderation_status text not null default 'approved' check (moderation_status in ('pending', 'approved', 'rejected', 'spam')),
    media_time_ms     bigint,
    idempotency_key   text,
    request_hash      text,
    created_at        timestamptz not null,
    received_at       timestamptz not null,
    primary key (archive_month, stream_id, epoch, log_sequence)
) partition by list (archive_month);
create unique index comments_by_id on comments (archive_month, id);
-- The last word on idempotency, long after the log has forgotten the message id.
create unique index comments_by_key on comments (archive_month, stream_id, user_id, idempotency_key) where idempotency_key is not null;
create index comments_by_parent on comments (archive_month, stream_id, parent_id, epoch, log_sequence) where parent_id is not null;

-- How far the log has been written here. Moves in the same transaction as the rows, so each entry counts exactly once.
create table log_offsets (
    shard    integer primary key,
    epoch    integer not null,
    sequence bigint not null
);
