-- The model registry. Versions belong to a model by its key, so that renaming changes one row.

create table registered_models (
  model_key ${identity},
  name ${text} not null unique,
  description ${text},
  creation_time bigint not null,
  last_update_time bigint not null,
  last_version bigint not null
);

create table registered_model_tags (
  model_key bigint not null references registered_models (model_key),
  key ${text} not null,
  value ${text} not null,
  primary key (model_key, key)
) ${clustered};

create table registered_model_aliases (
  model_key bigint not null references registered_models (model_key),
  alias ${text} not null,
  version bigint not null,
  primary key (model_key, alias)
) ${clustered};

-- stage is the ordinal of Stage; a deleted version's row goes, and last_version remembers that its number is taken.
create table model_versions (
  model_key bigint not null references registered_models (model_key),
  version bigint not null,
  creation_time bigint not null,
  last_update_time bigint not null,
  description ${text},
  stage smallint not null,
  source ${text} not null,
  storage_location ${text} not null,
  run_id ${text},
  run_link ${text},
  primary key (model_key, version)
) ${clustered};
create index model_versions_by_run on model_versions (run_id);

create table model_version_tags (
  model_key bigint not null,
  version bigint not null,
  key ${text} not null,
  value ${text} not null,
  primary key (model_key, version, key)
) ${clustered};
