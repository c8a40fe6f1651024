-- Compaction: the runs whose fresh blocks wait to be packed anew, and who may do such work.

-- A run is noted here with its second fresh block, and leaves when none is left. since: milliseconds since 1970; 0 when it must not wait.
create table fresh_runs (
  run_key bigint not null primary key,
  since bigint not null
) ${clustered};
create index fresh_runs_by_age on fresh_runs (since, run_key);

insert into fresh_runs (run_key, since) select run_key, 0 from metric_blocks where key_id = 0 group by run_key having count(*) > 1;

-- Work that one server at a time does for all: who holds it, and until when if it is not renewed.
create table leases (
  name ${text} not null primary key,
  holder ${text} not null,
  until bigint not null
) ${clustered};

-- Blocks are rows of their own, found by an index: in the tree of a clustered table one that is larger than a quarter of a page would take
-- pages of its own.
create table metric_blocks_as_rows (
  run_key bigint not null,
  key_id bigint not null,
  seq bigint not null,
  points integer not null,
  data ${bytes} not null,
  primary key (run_key, key_id, seq)
);
insert into metric_blocks_as_rows (run_key, key_id, seq, points, data) select run_key, key_id, seq, points, data from metric_blocks;
drop table metric_blocks;
alter table metric_blocks_as_rows rename to metric_blocks;
