-- What waits on all streams, oldest first, for admins.
create index held_comments_waiting_anywhere on held_comments (epoch, log_sequence) where status = 'held';
create index reported_comments_open_anywhere on reported_comments (epoch, log_sequence) where status = 'open';

-- What the moderator is called who looks at a comment: many moderate who never commented.
alter table held_comments add column claimed_name text;
alter table reported_comments add column claimed_name text;

-- A retry of a post that was held, long after everybody else has forgotten its key.
create index held_comments_by_key on held_comments (stream_id, user_id, (headers ->> 'Lc-Key')) where headers ? 'Lc-Key';

-- The name that a user showed last; null when it is the username.
alter table users add column display_name text;
