-- Sign-ins of programs whose users have not decided about them, or have and the program has not asked yet.
-- state: 0 pending, 1 approved by the session of approving_session, 2 denied.
create table device_logins (
  device_hash ${bytes} not null primary key,
  user_code ${text} not null unique,
  client ${text} not null,
  state smallint not null,
  approving_session ${bytes},
  expiration_time bigint not null
) ${clustered};
