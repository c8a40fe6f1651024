-- The roles of a voter when the vote was cast, as lines; null for votes of earlier versions, which knew no roles.
alter table approval_votes add column actor_roles ${text};
