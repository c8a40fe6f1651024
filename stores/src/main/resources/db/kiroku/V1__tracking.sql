-- Tracking. Written once for both databases, with placeholders for what differs in their types (see Dialect).
-- docs/storage.md says what answers which question.

create table experiments (
  id ${identity},
  name ${text} not null unique,
  artifact_location ${text} not null,
  stage smallint not null,
  creation_time bigint not null,
  last_update_time bigint not null
);

create table experiment_tags (
  experiment_id bigint not null references experiments (id),
  key ${text} not null,
  value ${text} not null,
  primary key (experiment_id, key)
) ${clustered};

-- Keys of metrics, params and tags, and values of params and tags: each text once.
create table keys (
  id ${identity},
  hash ${bytes} not null unique,
  value ${text} not null
);

create table texts (
  id ${identity},
  hash ${bytes} not null unique,
  value ${text} not null
);

-- run_key is what other tables know a run by; run_id is what the world does.
create table runs (
  run_key ${identity},
  run_id ${text} not null unique,
  experiment_id bigint not null references experiments (id),
  name ${text} not null,
  user_id ${text} not null,
  status smallint not null,
  start_time bigint not null,
  end_time bigint,
  stage smallint not null,
  deleted_time bigint,
  artifact_uri ${text} not null
);
create index runs_by_start on runs (experiment_id, stage, start_time desc, run_id);

-- The experiment is repeated in what runs have, so that one index walk answers a search within it. A run never changes its experiment.
create table params (
  run_key bigint not null references runs (run_key),
  key_id bigint not null,
  experiment_id bigint not null,
  value_id bigint not null,
  primary key (run_key, key_id)
) ${clustered};
create index params_by_value on params (experiment_id, key_id, value_id, run_key);

create table tags (
  run_key bigint not null references runs (run_key),
  key_id bigint not null,
  experiment_id bigint not null,
  value_id bigint not null,
  primary key (run_key, key_id)
) ${clustered};
create index tags_by_value on tags (experiment_id, key_id, value_id, run_key);

-- NaN is is_nan = 1 with value 0, so that both databases keep and order it alike.
create table latest_metrics (
  run_key bigint not null references runs (run_key),
  key_id bigint not null,
  experiment_id bigint not null,
  is_nan smallint not null,
  value double precision not null,
  step bigint not null,
  timestamp bigint not null,
  primary key (run_key, key_id)
) ${clustered};
create index latest_metrics_by_value on latest_metrics (experiment_id, key_id, is_nan, value, run_key);

-- All points, packed (see MetricBlock). key_id 0: as they came, of any keys; a key's id: compacted, of that key alone.
create table metric_blocks (
  run_key bigint not null references runs (run_key),
  key_id bigint not null,
  seq bigint not null,
  points integer not null,
  data ${bytes} not null,
  primary key (run_key, key_id, seq)
) ${clustered};

create table datasets (
  id ${identity},
  experiment_id bigint not null references experiments (id),
  name ${text} not null,
  digest ${text} not null,
  source_type ${text} not null,
  source ${text} not null,
  schema ${text},
  profile ${text},
  unique (experiment_id, name, digest)
);

create table run_datasets (
  run_key bigint not null references runs (run_key),
  dataset_id bigint not null references datasets (id),
  primary key (run_key, dataset_id)
) ${clustered};
create index run_datasets_by_dataset on run_datasets (dataset_id, run_key);

create table run_dataset_tags (
  run_key bigint not null,
  dataset_id bigint not null,
  key ${text} not null,
  value ${text} not null,
  primary key (run_key, dataset_id, key)
) ${clustered};

create table run_model_inputs (
  run_key bigint not null references runs (run_key),
  model_id ${text} not null,
  primary key (run_key, model_id)
) ${clustered};

create table run_model_outputs (
  run_key bigint not null references runs (run_key),
  model_id ${text} not null,
  step bigint not null,
  primary key (run_key, model_id)
) ${clustered};

create table logged_models (
  model_key ${identity},
  model_id ${text} not null unique,
  experiment_id bigint not null references experiments (id),
  name ${text} not null,
  artifact_location ${text} not null,
  creation_time bigint not null,
  last_update_time bigint not null,
  status smallint not null,
  stage smallint not null,
  model_type ${text},
  source_run_id ${text},
  status_message ${text}
);
create index logged_models_by_creation on logged_models (experiment_id, stage, creation_time desc, model_id);
create index logged_models_by_name on logged_models (experiment_id, name);

create table logged_model_params (
  model_key bigint not null references logged_models (model_key),
  key ${text} not null,
  value ${text} not null,
  primary key (model_key, key)
) ${clustered};

create table logged_model_tags (
  model_key bigint not null references logged_models (model_key),
  key ${text} not null,
  value ${text} not null,
  primary key (model_key, key)
) ${clustered};

create table logged_model_metrics (
  model_key bigint not null references logged_models (model_key),
  name ${text} not null,
  timestamp bigint not null,
  step bigint not null,
  run_id ${text} not null,
  value double precision not null,
  dataset_name ${text},
  dataset_digest ${text},
  primary key (model_key, name, timestamp, step, run_id)
) ${clustered};
create index logged_model_metrics_by_name on logged_model_metrics (name, model_key, timestamp, step, run_id);
