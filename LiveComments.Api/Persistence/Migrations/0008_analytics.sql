-- What broadcasters see of a stream, by the minute. Minutes that were written before have none of it.
alter table stream_minutes
    -- Comments that were held, of those the ones that a moderator let pass, and comments that were dropped.
    add column held            integer not null default 0,
    add column approved        integer not null default 0,
    add column dropped         integer not null default 0,
    -- The sum of moods, and of how many comments.
    add column mood_sum        double precision not null default 0,
    add column mood_count      integer not null default 0,
    -- Hashes of who commented, in order; of very many the smallest.
    add column commenters      bigint[],
    -- Where the first of what was said in the minute lies, shown or not.
    add column first_epoch     integer,
    add column first_sequence  bigint;

-- Who watched within a minute, on average and at most. The log knows nothing of it. Every process looks; who looked most often is believed.
create table stream_audience (
    stream_id text not null,
    minute    timestamptz not null,
    viewers   double precision not null,
    peak      integer not null,
    samples   integer not null,
    primary key (stream_id, minute)
);

-- Comments that were refused: they lie in no log. Each process keeps its own count, so that writing one twice changes nothing.
create table stream_refusals (
    stream_id text not null,
    minute    timestamptz not null,
    process   uuid not null,
    refused   integer not null,
    primary key (stream_id, minute, process)
);

-- What was held and dropped, in the log's order: for trying rules on the past.
create index held_comments_by_place on held_comments (stream_id, epoch, log_sequence);
-- What the author was then; null for most.
alter table comments add column author_role text;
