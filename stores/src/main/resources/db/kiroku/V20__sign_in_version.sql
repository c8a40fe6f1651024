-- Row 2 changes with everything that a sign-in depends on: accounts, passwords, groups, grants, revoked tokens.
insert into access_version (id, version) values (2, 0);
