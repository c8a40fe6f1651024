-- version grows with every change of what a run has in other tables, so that a copy of it in memory can be known to be current.
alter table runs add column version bigint not null default 0;
${runs_change_often};
