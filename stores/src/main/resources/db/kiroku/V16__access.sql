-- Who may do what. The cached grants of a user are valid for the sum of two versions: access_version changes with what several users share
-- (roles, the grants of groups, default permissions), users.version with what concerns one user.

create table access_version (
  id smallint primary key,
  version bigint not null
);
insert into access_version (id, version) values (1, 0);

alter table users add column version bigint not null default 0;
alter table users add column service smallint not null default 0;

-- resources: one a line, as type/pattern; null for all.
alter table user_tokens add column read_only smallint not null default 0;
alter table user_tokens add column resources ${text};
alter table user_tokens add column last_used_time bigint;

-- Roles hold grants. user_key and group_name are set for the role of one user or group, which holds its own grants and has no assignments.
create table roles (
  role_id ${identity},
  name ${text} not null unique,
  description ${text},
  user_key bigint unique references users (user_key),
  group_name ${text} unique
);

create table role_permissions (
  permission_id ${identity},
  role_id bigint not null references roles (role_id),
  resource_type ${text} not null,
  pattern ${text} not null,
  level smallint not null,
  unique (role_id, resource_type, pattern)
);
create index role_permissions_by_resource on role_permissions (resource_type, pattern);

create table role_assignments (
  assignment_id ${identity},
  role_id bigint not null references roles (role_id),
  user_key bigint references users (user_key),
  group_name ${text},
  unique (role_id, user_key),
  unique (role_id, group_name)
);
create index role_assignments_by_user on role_assignments (user_key);
create index role_assignments_by_group on role_assignments (group_name);

create table group_defaults (
  group_name ${text} not null primary key,
  level smallint not null
) ${clustered};
