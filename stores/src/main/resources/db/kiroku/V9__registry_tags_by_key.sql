-- Searches leave out what has a certain tag (prompts, mostly): PostgreSQL finds those first, and would read all tags without these.
create index registered_model_tags_by_key on registered_model_tags (key, model_key);
create index model_version_tags_by_key on model_version_tags (key, model_key, version);
