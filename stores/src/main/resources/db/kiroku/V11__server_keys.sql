-- Secret keys that all servers on a database share, such as the one that signs page tokens. The server creates them.
create table server_keys (
  name ${text} not null primary key,
  value ${bytes} not null
) ${clustered};
