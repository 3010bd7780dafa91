-- The name that whoever reacted showed; null when it is the username.
alter table comment_reactions add column display_name text;
