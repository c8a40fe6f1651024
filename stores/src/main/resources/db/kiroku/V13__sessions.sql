-- Users who are signed in, in a browser or on a command line. Of the secrets only hashes are kept.
-- user_key is the account whose password was given; null if a service authenticated the user, whose groups are then in service_groups, one a line.
create table sessions (
  hash ${bytes} not null primary key,
  user_name ${text} not null,
  user_key bigint references users (user_key),
  service_groups ${text} not null,
  creation_time bigint not null,
  expiration_time bigint not null
) ${clustered};
create index sessions_by_user on sessions (user_name);
create index sessions_by_account on sessions (user_key);
create index sessions_by_expiration on sessions (expiration_time);
