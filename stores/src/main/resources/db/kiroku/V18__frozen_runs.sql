-- freezes_run: the run behind a version keeps what the gate judged while the alias or stage points at the version.
alter table gates add column freezes_run smallint not null default 0;

-- watched: an alias or stage has pointed at a version of the run, so changes of the run may be refused. It is never reset.
alter table runs add column watched smallint not null default 0;
