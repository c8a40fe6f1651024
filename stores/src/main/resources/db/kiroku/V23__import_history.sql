-- Imports by servers and by 'kiroku import', without passwords. Texts with several items have one a line.
-- update_time: renewed every few seconds while the import runs; one that is old shows that the program has ended.
create table imports (
  import_id ${identity},
  state smallint not null,
  by_server smallint not null,
  dry_run smallint not null,
  source ${text} not null,
  description ${text},
  map_experiment ${text} not null,
  rename_names ${text} not null,
  prefix ${text} not null,
  signed_in smallint not null,
  started_by ${text} not null,
  start_time bigint not null,
  update_time bigint not null,
  end_time bigint,
  runs bigint not null,
  points bigint not null,
  runs_total bigint,
  points_total bigint,
  cancel_requested smallint not null default 0,
  message ${text},
  counts ${text},
  left_in_source ${text} not null,
  problems ${text},
  problem_count bigint,
  conflicts ${text},
  conflict_count bigint
);
-- Of the servers on a database one imports at a time.
create unique index imports_running on imports (by_server) where by_server = 1 and state = 0;

-- Which experiments, or runs of them, an import has brought.
create table imported_experiments (
  experiment_id bigint not null,
  import_id bigint not null references imports (import_id),
  primary key (experiment_id, import_id)
) ${clustered};
create index imported_experiments_by_import on imported_experiments (import_id);
