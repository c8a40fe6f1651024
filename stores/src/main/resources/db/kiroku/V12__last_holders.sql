-- The version that a protected alias or stage pointed at when it last ceased to point at one, by the name of its model, which may be gone.
-- metrics has a line for each metric: the value, a space, the key.
create table last_holders (
  model ${text} not null,
  target_kind smallint not null,
  target ${text} not null,
  version bigint not null,
  metrics ${text} not null,
  primary key (model, target_kind, target)
) ${clustered};

-- The account of a voter, and its groups when the vote was cast; null for a voter without account.
alter table approval_votes add column account_key bigint;
alter table approval_votes add column account_groups ${text};
