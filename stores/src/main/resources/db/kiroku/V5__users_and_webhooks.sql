-- Who may sign in. Of passwords and tokens only hashes are kept.

create table users (
  user_key ${identity},
  name ${text} not null unique,
  password_hash ${text},
  creation_time bigint not null
);

create table user_groups (
  user_key bigint not null references users (user_key),
  group_name ${text} not null,
  primary key (user_key, group_name)
) ${clustered};

create table user_tokens (
  token_id ${text} primary key,
  user_key bigint not null references users (user_key),
  hash ${bytes} not null unique,
  label ${text} not null,
  creation_time bigint not null,
  expiration_time bigint
);
create index user_tokens_by_user on user_tokens (user_key);

-- Whom to tell of changes. A deleted webhook's row goes with what was to be delivered to it.

create table webhooks (
  webhook_key ${identity},
  webhook_id ${text} not null unique,
  name ${text} not null,
  description ${text},
  url ${text} not null,
  secret ${text},
  active smallint not null,
  creation_time bigint not null,
  last_update_time bigint not null
);

create table webhook_events (
  webhook_key bigint not null references webhooks (webhook_key),
  event ${text} not null,
  primary key (webhook_key, event)
) ${clustered};
create index webhook_events_by_event on webhook_events (event);

-- What is to be told, written in the transaction of the change it tells of, and what became of it.
-- state: 0 waiting until next_time, 1 delivered, 2 given up. Who delivers moves next_time ahead first, so that nobody else does meanwhile.

create table webhook_deliveries (
  delivery_key ${identity},
  delivery_id ${text} not null unique,
  webhook_key bigint not null references webhooks (webhook_key),
  event ${text} not null,
  body ${text} not null,
  state smallint not null,
  attempts bigint not null,
  next_time bigint not null,
  creation_time bigint not null,
  attempt_time bigint,
  response_status bigint,
  error ${text}
);
create index webhook_deliveries_waiting on webhook_deliveries (state, next_time);
create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_key, delivery_key);
