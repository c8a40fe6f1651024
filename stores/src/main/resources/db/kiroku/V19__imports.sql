-- What was imported, with a digest of the record as the source had it: a later import changes a record only if the source has changed it since.
create table imported_records (
  kind smallint not null,
  id ${text} not null,
  digest ${bytes} not null,
  primary key (kind, id)
) ${clustered};
