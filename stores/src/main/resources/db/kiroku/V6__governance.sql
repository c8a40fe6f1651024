-- Who changed what: each row holds the hash of the one before (see Chain). Rows are added, never changed, never deleted.

create table audit_log (
  seq bigint primary key,
  at bigint not null,
  actor ${text} not null,
  request_id ${text} not null,
  action ${text} not null,
  subject ${text} not null,
  model ${text},
  before_json ${text},
  after_json ${text},
  previous ${text} not null,
  hash ${text} not null
);
create index audit_log_by_model on audit_log (model, seq);
create index audit_log_by_actor on audit_log (actor, seq);

-- Where the log ends. One row, which every writer locks.
create table audit_head (
  id smallint primary key,
  entries bigint not null,
  hash ${text} not null
);
insert into audit_head (id, entries, hash) values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- What must hold before an alias or a stage points at a version. approvers are lines; approvals null: nobody has to agree.
create table gates (
  name ${text} primary key,
  models ${text} not null,
  alias ${text},
  stage ${text},
  conditions ${text},
  approvals bigint,
  approvers ${text} not null,
  expire_after ${text},
  open_requests smallint not null,
  description ${text}
);

-- Approvals that were asked for. version 0: to delete the alias. holder: what the target pointed at then, 0 for nothing. evidence stands for
-- the metrics that people saw. target_kind, state and kind are ordinals.
create table approval_requests (
  id ${identity},
  model_key bigint not null,
  model ${text} not null,
  target_kind smallint not null,
  target ${text} not null,
  version bigint not null,
  archive_others smallint not null,
  requester ${text} not null,
  comment ${text} not null,
  created_at bigint not null,
  expires_at bigint not null,
  holder bigint not null,
  evidence ${text} not null,
  state smallint not null,
  reason ${text},
  closed_at bigint
);
create index approval_requests_by_model on approval_requests (model_key, state);

create table approval_votes (
  request_id bigint not null references approval_requests (id),
  seq bigint not null,
  at bigint not null,
  actor ${text} not null,
  actor_groups ${text} not null,
  kind smallint not null,
  comment ${text} not null,
  primary key (request_id, seq)
) ${clustered};

-- What the MLmodel file of a version said when the version was made.
create table model_version_contents (
  model_key bigint not null,
  version bigint not null,
  has_signature smallint not null,
  flavors ${text} not null,
  primary key (model_key, version)
) ${clustered};
