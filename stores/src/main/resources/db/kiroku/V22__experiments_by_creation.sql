-- The default order of searches of experiments.
create index experiments_by_creation_time on experiments (creation_time desc, id);
