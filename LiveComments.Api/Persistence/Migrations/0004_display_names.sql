-- The name that a comment's author showed; null when it is the username.
alter table comments add column display_name text;
