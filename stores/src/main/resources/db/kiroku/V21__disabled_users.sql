-- disabled: the account signs in by no way until an administrator enables it.
alter table users add column disabled smallint not null default 0;
