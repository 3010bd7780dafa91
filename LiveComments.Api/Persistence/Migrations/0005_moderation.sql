-- What moderators did, line by line: the audit. Written from the log, never changed.
create table moderation_acts (
    id           bigint not null primary key,
    stream_id    text,
    kind         text not null,
    by_id        text not null,
    user_id      text,
    comment_id   bigint,
    act          jsonb not null,
    at           timestamptz not null,
    epoch        integer not null,
    log_sequence bigint not null
);
create index moderation_acts_by_place on moderation_acts (stream_id, epoch desc, log_sequence desc);
-- What moderators thought of comments: the models learn from it when a process starts.
create index moderation_acts_about_comments on moderation_acts (epoch desc, log_sequence desc) where comment_id is not null;

-- The newest act of each thing that can be decided: what holds. What took something back stands here, too, so that an
-- older act, read again, brings nothing back.
create table moderation_state (
    stream_id    text not null,
    name         smallint not null,
    user_id      text not null,
    act          jsonb not null,
    ends_at      timestamptz,
    epoch        integer not null,
    log_sequence bigint not null,
    primary key (stream_id, name, user_id)
);

-- Comments that were held or dropped: what nobody sees. Those that a moderator lets pass are posted by an entry of their own.
create table held_comments (
    stream_id     text not null,
    id            bigint not null,
    user_id       text not null,
    status        text not null check (status in ('held', 'approved', 'rejected', 'dropped')),
    comment       jsonb not null,
    reason        text not null,
    detail        text,
    -- What the comment is posted with, once it is approved.
    headers       jsonb not null,
    note          text,
    claimed_by    text,
    claimed_until timestamptz,
    epoch         integer not null,
    log_sequence  bigint not null,
    primary key (stream_id, id)
);
create index held_comments_waiting on held_comments (stream_id, epoch, log_sequence) where status = 'held';
create index held_comments_by_user on held_comments (stream_id, user_id, epoch desc, log_sequence desc);
