-- A run that logs again and again is brought up to date in latest_metrics only now and then. behind: 1 when its fresh blocks after the one numbered
-- caught_up are not in there yet.
alter table runs add column behind smallint not null default 0;
alter table runs add column caught_up bigint not null default 0;
create index runs_behind on runs (experiment_id) where behind = 1;
