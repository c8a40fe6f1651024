-- Pages that people write about runs. version: that of the newest row in report_versions, where a row is never changed.

create table reports (
  report_key ${identity},
  report_id ${text} not null unique,
  title ${text} not null,
  version bigint not null,
  author ${text} not null,
  creation_time bigint not null,
  last_update_time bigint not null
);
create index reports_by_update on reports (last_update_time, report_key);

create table report_versions (
  report_key bigint not null references reports (report_key),
  version bigint not null,
  title ${text} not null,
  content ${text} not null,
  author ${text} not null,
  at bigint not null,
  primary key (report_key, version)
);
