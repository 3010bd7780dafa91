-- Which entry was written last, with its message id: a log that lost its end and was filled up again has another one in that place. Beside another
-- offset than its own it says nothing.
alter table log_offsets add column last_entry text;

-- Epochs that began after an older one had ended: who read entries of that one before it ended writes them no more.
create table log_epochs (
    shard int not null,
    epoch int not null,
    begun_at timestamptz not null default now(),
    primary key (shard, epoch)
);
