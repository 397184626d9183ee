-- Logout that an IdP begins: whom it will name, and where the answer goes.
alter table "regional"."session" add column "upstream_subject_hash" varchar(43) null, add column "upstream_session_hash" varchar(43) null;
create index "session_identity_provider_id_upstream_subject_hash_index" on "regional"."session" ("identity_provider_id", "upstream_subject_hash");
-- Row-level security is forced on the owner too, so the rows are reached under the scope of the hub, for this transaction.
select set_config('entente.scope', 'hub', true);
update "control"."identity_provider" set settings = settings || '{"sloResponseUrl": null, "sloBinding": null}'::jsonb where protocol = 'SAML';
