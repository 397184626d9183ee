-- The first migration: every noun that shapes a key (docs/architecture.md, "Storage").
-- Two schemas: control (no personal data of end users) and regional. Generated from the entities, then reviewed:
-- partitions, grants and the two append-only tables below are written by hand.

create schema if not exists "control";
create schema if not exists "regional";
create table "control"."api_client" ("id" uuid not null, "client_id" varchar(120) not null, "name" varchar(200) not null, "secret_hash" varchar(200) not null, "role" text not null, "partner_id" uuid null, "application_ids" jsonb not null, "scopes" jsonb not null, "state" text not null, "created_at" timestamptz not null, primary key ("id"));
alter table "control"."api_client" add constraint "api_client_client_id_unique" unique ("client_id");
alter table "control"."api_client" add constraint "api_client_role_check" check ("role" in ('OPERATOR', 'AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER'));
alter table "control"."api_client" add constraint "api_client_state_check" check ("state" in ('ACTIVE', 'REVOKED'));

create table "control"."api_token" ("id" uuid not null, "subject" varchar(200) not null, "role" text not null, "partner_id" uuid null, "application_ids" jsonb not null, "scopes" jsonb not null, "expires_at" timestamptz not null, "revoked_at" timestamptz null, "created_at" timestamptz not null, primary key ("id"));
alter table "control"."api_token" add constraint "api_token_role_check" check ("role" in ('OPERATOR', 'AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER'));

create table "control"."application" ("id" uuid not null, "slug" varchar(63) not null, "name" varchar(200) not null, "state" text not null, "client_id" varchar(120) not null, "client_secret_hash" varchar(200) null, "redirect_uris" jsonb not null, "post_logout_redirect_uris" jsonb not null, "subject_type" text not null, "id_token_signed_response_alg" text not null, "claims_in_id_token" boolean not null default false, "pkce_required" boolean not null default true, "minimum_ial" smallint null, "minimum_aal" smallint null, "minimum_fal" smallint null, "policy_epoch" int not null default 1, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("id"));
alter table "control"."application" add constraint "application_slug_unique" unique ("slug");
alter table "control"."application" add constraint "application_client_id_unique" unique ("client_id");
alter table "control"."application" add constraint "application_state_check" check ("state" in ('ACTIVE', 'DISABLED'));
alter table "control"."application" add constraint "application_subject_type_check" check ("subject_type" in ('PUBLIC', 'PAIRWISE'));
alter table "control"."application" add constraint "application_id_token_signed_response_alg_check" check ("id_token_signed_response_alg" in ('ES256', 'RS256'));

create table "regional"."assertion_replay" ("partner_id" uuid not null, "identity_provider_id" uuid not null, "assertion_hash" varchar(43) not null, "expires_at" timestamptz not null, primary key ("partner_id", "identity_provider_id", "assertion_hash"));
create index "assertion_replay_expires_at_index" on "regional"."assertion_replay" ("expires_at");

create table "control"."attribute_definition" ("id" uuid not null, "name" varchar(64) not null, "description" varchar(500) not null, "type" text not null, "multi_valued" boolean not null, "max_length" int not null, "claim" varchar(120) not null, "scope" varchar(64) not null, "trace_values" text not null, "created_at" timestamptz not null, primary key ("id"));
alter table "control"."attribute_definition" add constraint "attribute_definition_name_unique" unique ("name");
alter table "control"."attribute_definition" add constraint "attribute_definition_claim_unique" unique ("claim");
alter table "control"."attribute_definition" add constraint "attribute_definition_trace_values_check" check ("trace_values" in ('FULL', 'MASKED', 'NONE'));
alter table "control"."attribute_definition" add constraint "attribute_definition_type_check" check ("type" in ('STRING', 'EMAIL', 'BOOLEAN', 'INTEGER', 'DATE_TIME'));

create table "regional"."audit_event" ("partner_id" uuid not null, "id" uuid not null, "action" varchar(80) not null, "actor_kind" text not null, "actor_id" varchar(200) not null, "target_type" varchar(40) null, "target_id" varchar(200) null, "application_id" uuid null, "login_id" uuid null, "code" varchar(64) null, "data" jsonb not null, "correlation_id" varchar(64) null, "source_ip" varchar(45) null, "occurred_at" timestamptz not null, "transaction_id" xid8 null default pg_current_xact_id(), primary key ("partner_id", "id")) partition by range ("id");
create index "audit_event_partner_id_target_id_id_index" on "regional"."audit_event" ("partner_id", "target_id", "id");
create index "audit_event_id_index" on "regional"."audit_event" ("id");
create index "audit_event_application_id_id_index" on "regional"."audit_event" ("application_id", "id");
alter table "regional"."audit_event" add constraint "audit_event_actor_kind_check" check ("actor_kind" in ('OPERATOR', 'AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER', 'SERVICE', 'IDENTITY_PROVIDER', 'END_USER', 'SYSTEM'));

create table "regional"."login" ("partner_id" uuid not null, "id" uuid not null, "reference" varchar(16) not null, "application_id" uuid null, "identity_provider_id" uuid null, "membership_id" uuid null, "protocol" text null, "state" text not null, "code" varchar(64) null, "trust_relationship_id" uuid null, "trust_version" int null, "mapping_version" int null, "assertion_digest" varchar(64) null, "provisioning_action" text null, "trace" jsonb not null, "begun_at" timestamptz not null, "finished_at" timestamptz null, primary key ("partner_id", "id")) partition by range ("id");
create index "login_partner_id_identity_provider_id_id_index" on "regional"."login" ("partner_id", "identity_provider_id", "id");
create index "login_partner_id_reference_index" on "regional"."login" ("partner_id", "reference");
create index "login_partner_id_membership_id_id_index" on "regional"."login" ("partner_id", "membership_id", "id");
create index "login_id_index" on "regional"."login" ("id");
create index "login_application_id_id_index" on "regional"."login" ("application_id", "id");
alter table "regional"."login" add constraint "login_protocol_check" check ("protocol" in ('SAML', 'OIDC'));
alter table "regional"."login" add constraint "login_state_check" check ("state" in ('BEGUN', 'ASSERTED', 'ALLOWED', 'DENIED'));
alter table "regional"."login" add constraint "login_provisioning_action_check" check ("provisioning_action" in ('CREATE', 'UPDATE', 'NONE'));

create table "regional"."oidc_artifact" ("model" varchar(40) not null, "id_hash" varchar(43) not null, "partner_id" uuid not null, "payload_encrypted" text not null, "grant_hash" varchar(43) null, "uid_hash" varchar(43) null, "membership_id" uuid null, "application_client_id" varchar(120) null, "consumed_at" timestamptz null, "expires_at" timestamptz not null, primary key ("model", "id_hash"));
create index "oidc_artifact_grant_hash_index" on "regional"."oidc_artifact" ("grant_hash");
create index "oidc_artifact_uid_hash_index" on "regional"."oidc_artifact" ("uid_hash");
create index "oidc_artifact_partner_id_membership_id_index" on "regional"."oidc_artifact" ("partner_id", "membership_id");
create index "oidc_artifact_expires_at_index" on "regional"."oidc_artifact" ("expires_at");

create table "control"."partner" ("id" uuid not null, "slug" varchar(63) not null, "name" varchar(200) not null, "region" varchar(32) not null, "state" text not null, "policy_epoch" int not null default 1, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("id"));
alter table "control"."partner" add constraint "partner_slug_unique" unique ("slug");
alter table "control"."partner" add constraint "partner_state_check" check ("state" in ('ACTIVE', 'SUSPENDED', 'RETIRED'));

create table "control"."domain" ("partner_id" uuid not null, "id" uuid not null, "name" varchar(253) not null, "state" text not null, "challenge" varchar(120) not null, "proof" text null, "proved_at" timestamptz null, "created_at" timestamptz not null, primary key ("partner_id", "id"));
alter table "control"."domain" add constraint "domain_partner_id_name_unique" unique ("partner_id", "name");
alter table "control"."domain" add constraint "domain_state_check" check ("state" in ('PENDING', 'PROVED'));
alter table "control"."domain" add constraint "domain_proof_check" check ("proof" in ('DNS_TXT', 'OPERATOR'));

create table "regional"."pending_login" ("partner_id" uuid not null, "state_hash" varchar(43) not null, "login_id" uuid not null, "identity_provider_id" uuid not null, "application_id" uuid not null, "stage" text not null, "payload_encrypted" text not null, "browser_hash" varchar(43) not null, "expires_at" timestamptz not null, "created_at" timestamptz not null, primary key ("partner_id", "state_hash"));
create index "pending_login_state_hash_index" on "regional"."pending_login" ("state_hash");
create index "pending_login_expires_at_index" on "regional"."pending_login" ("expires_at");
alter table "regional"."pending_login" add constraint "pending_login_stage_check" check ("stage" in ('BEGUN', 'CLAIMED', 'ASSERTED', 'SPENT'));

create table "control"."proved_domain" ("name" varchar(253) not null, "partner_id" uuid not null, "domain_id" uuid not null, primary key ("name"));

create table "control"."service_provider_profile" ("partner_id" uuid not null, "id" uuid not null, "kind" text not null, "created_at" timestamptz not null, primary key ("partner_id", "id"));
alter table "control"."service_provider_profile" add constraint "service_provider_profile_kind_check" check ("kind" in ('DEDICATED', 'SHARED'));

create table "control"."service_provider_key" ("partner_id" uuid not null, "id" uuid not null, "service_provider_profile_id" uuid not null, "use" text not null, "state" text not null, "certificate_pem" text not null, "private_key_encrypted" text not null, "created_at" timestamptz not null, primary key ("partner_id", "id"));
alter table "control"."service_provider_key" add constraint "service_provider_key_use_check" check ("use" in ('SIGNING', 'ENCRYPTION'));
alter table "control"."service_provider_key" add constraint "service_provider_key_state_check" check ("state" in ('ACTIVE', 'RETIRED'));

create table "control"."identity_provider" ("partner_id" uuid not null, "id" uuid not null, "slug" varchar(63) not null, "name" varchar(200) not null, "protocol" text not null, "state" text not null, "disabled_by_role" text null, "issuer" varchar(1024) not null, "settings" jsonb not null, "client_secret_encrypted" text null, "subject_source" jsonb not null, "assurance_map" jsonb not null, "clock_skew_seconds" int not null default 180, "service_provider_profile_id" uuid not null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("partner_id", "id"));
alter table "control"."identity_provider" add constraint "identity_provider_partner_id_slug_unique" unique ("partner_id", "slug");
alter table "control"."identity_provider" add constraint "identity_provider_partner_id_issuer_unique" unique ("partner_id", "issuer");
alter table "control"."identity_provider" add constraint "identity_provider_protocol_check" check ("protocol" in ('SAML', 'OIDC'));
alter table "control"."identity_provider" add constraint "identity_provider_state_check" check ("state" in ('DRAFT', 'ACTIVE', 'DISABLED'));
alter table "control"."identity_provider" add constraint "identity_provider_disabled_by_role_check" check ("disabled_by_role" in ('OPERATOR', 'AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER'));

create table "control"."identity_provider_key" ("partner_id" uuid not null, "id" uuid not null, "identity_provider_id" uuid not null, "certificate_pem" text not null, "fingerprint" varchar(64) not null, "not_before" timestamptz not null, "not_after" timestamptz not null, "state" text not null, "created_at" timestamptz not null, primary key ("partner_id", "id"));
alter table "control"."identity_provider_key" add constraint "identity_provider_key_partner_id_identity_provide_e6c05_unique" unique ("partner_id", "identity_provider_id", "fingerprint");
alter table "control"."identity_provider_key" add constraint "identity_provider_key_state_check" check ("state" in ('ACTIVE', 'RETIRED'));

create table "control"."identity_provider_association" ("partner_id" uuid not null, "identity_provider_id" uuid not null, "owner_partner_id" uuid not null, "state" text not null, "created_at" timestamptz not null, primary key ("partner_id", "identity_provider_id"));
alter table "control"."identity_provider_association" add constraint "identity_provider_association_state_check" check ("state" in ('ACTIVE', 'SUSPENDED'));

create table "control"."attribute_mapping" ("partner_id" uuid not null, "id" uuid not null, "identity_provider_id" uuid not null, "version" int not null, "state" text not null, "rules" jsonb not null, "created_by" varchar(200) not null, "created_at" timestamptz not null, primary key ("partner_id", "id"));
alter table "control"."attribute_mapping" add constraint "attribute_mapping_partner_id_identity_provider_id_f5803_unique" unique ("partner_id", "identity_provider_id", "version");
alter table "control"."attribute_mapping" add constraint "attribute_mapping_state_check" check ("state" in ('ACTIVE', 'SUPERSEDED'));

create table "control"."hub_secret" ("name" varchar(64) not null, "value_encrypted" text not null, "created_at" timestamptz not null, primary key ("name"));

create table "control"."signing_key" ("id" uuid not null, "kid" varchar(64) not null, "algorithm" text not null, "state" text not null, "public_jwk" jsonb not null, "private_jwk_encrypted" text not null, "created_at" timestamptz not null, "retired_at" timestamptz null, primary key ("id"));
alter table "control"."signing_key" add constraint "signing_key_kid_unique" unique ("kid");
alter table "control"."signing_key" add constraint "signing_key_algorithm_check" check ("algorithm" in ('ES256', 'RS256'));
alter table "control"."signing_key" add constraint "signing_key_state_check" check ("state" in ('ACTIVE', 'RETIRED'));

create table "control"."trust_relationship" ("partner_id" uuid not null, "id" uuid not null, "application_id" uuid not null, "purpose" varchar(500) not null, "owner" varchar(200) not null, "state" text not null, "active_version" int null, "latest_version" int not null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("partner_id", "id"));
create unique index "trust_relationship_partner_id_application_id_unique" on "control"."trust_relationship" ("partner_id", "application_id") where state <> 'ENDED';
create index "trust_relationship_application_id_id_index" on "control"."trust_relationship" ("application_id", "id");
alter table "control"."trust_relationship" add constraint "trust_relationship_state_check" check ("state" in ('DRAFT', 'ACTIVE', 'SUSPENDED', 'ENDED'));

create table "control"."trust_version" ("partner_id" uuid not null, "trust_relationship_id" uuid not null, "version" int not null, "application_id" uuid not null, "terms" jsonb not null, "created_by" varchar(200) not null, "created_at" timestamptz not null, "activated_by" varchar(200) null, "activated_at" timestamptz null, primary key ("partner_id", "trust_relationship_id", "version"));

create table "regional"."user_account" ("id" uuid not null, "home_partner_id" uuid not null, "region" varchar(32) not null, "state" text not null, "created_at" timestamptz not null, primary key ("id"));
alter table "regional"."user_account" add constraint "user_account_state_check" check ("state" in ('ACTIVE', 'SUSPENDED', 'ERASED'));

create table "regional"."membership" ("partner_id" uuid not null, "id" uuid not null, "user_id" uuid not null, "state" text not null, "origin" text not null, "origin_trust_id" uuid null, "origin_trust_version" int null, "email" varchar(254) null, "display_name" varchar(400) null, "attributes" jsonb not null, "version" int not null default 1, "last_login_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("partner_id", "id"));
create index "membership_email_partner_id_index" on "regional"."membership" ("email", "partner_id");
create index "membership_partner_id_user_id_index" on "regional"."membership" ("partner_id", "user_id");
create index "membership_user_id_index" on "regional"."membership" ("user_id");
alter table "regional"."membership" add constraint "membership_state_check" check ("state" in ('INVITED', 'ACTIVE', 'SUSPENDED', 'RETIRED', 'ERASED'));
alter table "regional"."membership" add constraint "membership_origin_check" check ("origin" in ('INVITATION', 'JIT', 'SCIM', 'SELF_REGISTRATION', 'LINKING'));

create table "regional"."session" ("partner_id" uuid not null, "id" uuid not null, "handle_hash" varchar(43) not null, "membership_id" uuid not null, "identity_provider_id" uuid not null, "login_id" uuid not null, "state" text not null, "ended_reason" varchar(64) null, "authenticated_at" timestamptz not null, "authentication_time_stated" boolean not null, "acr" varchar(256) null, "amr" jsonb not null, "upstream_encrypted" text null, "idle_until" timestamptz not null, "absolute_until" timestamptz not null, "created_at" timestamptz not null, "ended_at" timestamptz null, primary key ("partner_id", "id"));
create index "session_handle_hash_index" on "regional"."session" ("handle_hash");
create index "session_state_absolute_until_index" on "regional"."session" ("state", "absolute_until");
create index "session_state_ended_at_index" on "regional"."session" ("state", "ended_at");
create index "session_partner_id_membership_id_index" on "regional"."session" ("partner_id", "membership_id");
alter table "regional"."session" add constraint "session_partner_id_handle_hash_unique" unique ("partner_id", "handle_hash");
alter table "regional"."session" add constraint "session_state_check" check ("state" in ('LIVE', 'ENDED'));

create table "regional"."session_application" ("partner_id" uuid not null, "session_id" uuid not null, "application_id" uuid not null, "partner_epoch" int not null, "application_epoch" int not null, "decided_at" timestamptz not null, "grant_hash" varchar(43) not null, primary key ("partner_id", "session_id", "application_id"));
create index "session_application_grant_hash_index" on "regional"."session_application" ("grant_hash");

create table "regional"."federated_identity" ("partner_id" uuid not null, "id" uuid not null, "membership_id" uuid not null, "identity_provider_id" uuid not null, "subject_source" varchar(256) not null, "subject_format" varchar(256) not null, "name_qualifier" varchar(1024) not null, "sp_name_qualifier" varchar(1024) not null, "subject" varchar(1024) not null, "created_at" timestamptz not null, "last_login_at" timestamptz not null, primary key ("partner_id", "id"));
create index "federated_identity_partner_id_membership_id_index" on "regional"."federated_identity" ("partner_id", "membership_id");
alter table "regional"."federated_identity" add constraint "federated_identity_subject" unique ("partner_id", "identity_provider_id", "subject_source", "subject_format", "name_qualifier", "sp_name_qualifier", "subject");

alter table "control"."domain" add constraint "domain_partner_id_foreign" foreign key ("partner_id") references "control"."partner" ("id") on update no action on delete restrict;

alter table "control"."proved_domain" add constraint "proved_domain_partner_id_domain_id_foreign" foreign key ("partner_id", "domain_id") references "control"."domain" ("partner_id", "id") on update no action on delete cascade;

alter table "control"."service_provider_profile" add constraint "service_provider_profile_partner_id_foreign" foreign key ("partner_id") references "control"."partner" ("id") on update no action on delete restrict;

alter table "control"."service_provider_key" add constraint "service_provider_key_partner_id_service_provider_0aee7_foreign" foreign key ("partner_id", "service_provider_profile_id") references "control"."service_provider_profile" ("partner_id", "id") on update no action on delete cascade;

alter table "control"."identity_provider" add constraint "identity_provider_partner_id_foreign" foreign key ("partner_id") references "control"."partner" ("id") on update no action on delete restrict;
alter table "control"."identity_provider" add constraint "identity_provider_partner_id_service_provider_pr_55a90_foreign" foreign key ("partner_id", "service_provider_profile_id") references "control"."service_provider_profile" ("partner_id", "id") on update no action on delete restrict;

alter table "control"."identity_provider_key" add constraint "identity_provider_key_partner_id_identity_provider_id_foreign" foreign key ("partner_id", "identity_provider_id") references "control"."identity_provider" ("partner_id", "id") on update no action on delete cascade;

alter table "control"."identity_provider_association" add constraint "identity_provider_association_partner_id_foreign" foreign key ("partner_id") references "control"."partner" ("id") on update no action on delete restrict;
alter table "control"."identity_provider_association" add constraint "identity_provider_association_owner_partner_id_i_e082b_foreign" foreign key ("owner_partner_id", "identity_provider_id") references "control"."identity_provider" ("partner_id", "id") on update no action on delete cascade;

alter table "control"."attribute_mapping" add constraint "attribute_mapping_partner_id_identity_provider_id_foreign" foreign key ("partner_id", "identity_provider_id") references "control"."identity_provider" ("partner_id", "id") on update no action on delete cascade;

alter table "control"."trust_relationship" add constraint "trust_relationship_partner_id_foreign" foreign key ("partner_id") references "control"."partner" ("id") on update no action on delete restrict;
alter table "control"."trust_relationship" add constraint "trust_relationship_application_id_foreign" foreign key ("application_id") references "control"."application" ("id") on update no action on delete restrict;

alter table "control"."trust_version" add constraint "trust_version_partner_id_trust_relationship_id_foreign" foreign key ("partner_id", "trust_relationship_id") references "control"."trust_relationship" ("partner_id", "id") on update no action on delete cascade;

alter table "regional"."membership" add constraint "membership_user_id_foreign" foreign key ("user_id") references "regional"."user_account" ("id") on update no action on delete restrict;

alter table "regional"."session" add constraint "session_partner_id_membership_id_foreign" foreign key ("partner_id", "membership_id") references "regional"."membership" ("partner_id", "id") on update no action on delete cascade;

alter table "regional"."session_application" add constraint "session_application_partner_id_session_id_foreign" foreign key ("partner_id", "session_id") references "regional"."session" ("partner_id", "id") on update no action on delete cascade;

alter table "regional"."federated_identity" add constraint "federated_identity_partner_id_membership_id_foreign" foreign key ("partner_id", "membership_id") references "regional"."membership" ("partner_id", "id") on update no action on delete cascade;

alter table "control"."api_client" enable row level security;
alter table "control"."api_client" force row level security;
create policy "tenant" on "control"."api_client" using (current_setting('entente.scope', true) = 'hub') with check (current_setting('entente.scope', true) = 'hub');
alter table "control"."api_token" enable row level security;
alter table "control"."api_token" force row level security;
create policy "tenant" on "control"."api_token" using (current_setting('entente.scope', true) = 'hub') with check (current_setting('entente.scope', true) = 'hub');
alter table "control"."application" enable row level security;
alter table "control"."application" force row level security;
create policy "tenant" on "control"."application" using (current_setting('entente.scope', true) = 'hub' or id = any (string_to_array(current_setting('entente.applications', true), ',')::uuid[])) with check (current_setting('entente.scope', true) = 'hub' or id = any (string_to_array(current_setting('entente.applications', true), ',')::uuid[]));
create policy "trusted" on "control"."application" for select using (exists (select 1 from "control"."trust_relationship" t where t.application_id = application.id and t.partner_id = nullif(current_setting('entente.partner', true), '')::uuid));
alter table "regional"."assertion_replay" enable row level security;
alter table "regional"."assertion_replay" force row level security;
create policy "tenant" on "regional"."assertion_replay" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."attribute_definition" enable row level security;
alter table "control"."attribute_definition" force row level security;
create policy "tenant" on "control"."attribute_definition" using (current_setting('entente.scope', true) = 'hub') with check (current_setting('entente.scope', true) = 'hub');
create policy "catalogue" on "control"."attribute_definition" for select using (current_setting('entente.scope', true) <> '');
alter table "regional"."audit_event" enable row level security;
alter table "regional"."audit_event" force row level security;
create policy "tenant" on "regional"."audit_event" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
create policy "application" on "regional"."audit_event" for select using (application_id = any (string_to_array(current_setting('entente.applications', true), ',')::uuid[]));
create policy "application_change" on "regional"."audit_event" for insert with check (partner_id = '00000000-0000-7000-8000-000000000000' and application_id = any (string_to_array(current_setting('entente.applications', true), ',')::uuid[]));
alter table "regional"."login" enable row level security;
alter table "regional"."login" force row level security;
create policy "tenant" on "regional"."login" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
create policy "application" on "regional"."login" for select using (application_id = any (string_to_array(current_setting('entente.applications', true), ',')::uuid[]));
alter table "regional"."oidc_artifact" enable row level security;
alter table "regional"."oidc_artifact" force row level security;
create policy "tenant" on "regional"."oidc_artifact" using (current_setting('entente.scope', true) = 'hub') with check (current_setting('entente.scope', true) = 'hub');
alter table "control"."partner" enable row level security;
alter table "control"."partner" force row level security;
create policy "tenant" on "control"."partner" using (current_setting('entente.scope', true) = 'hub' or id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."domain" enable row level security;
alter table "control"."domain" force row level security;
create policy "tenant" on "control"."domain" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "regional"."pending_login" enable row level security;
alter table "regional"."pending_login" force row level security;
create policy "tenant" on "regional"."pending_login" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."proved_domain" enable row level security;
alter table "control"."proved_domain" force row level security;
create policy "tenant" on "control"."proved_domain" using (current_setting('entente.scope', true) = 'hub') with check (current_setting('entente.scope', true) = 'hub');
alter table "control"."service_provider_profile" enable row level security;
alter table "control"."service_provider_profile" force row level security;
create policy "tenant" on "control"."service_provider_profile" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."service_provider_key" enable row level security;
alter table "control"."service_provider_key" force row level security;
create policy "tenant" on "control"."service_provider_key" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."identity_provider" enable row level security;
alter table "control"."identity_provider" force row level security;
create policy "tenant" on "control"."identity_provider" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."identity_provider_key" enable row level security;
alter table "control"."identity_provider_key" force row level security;
create policy "tenant" on "control"."identity_provider_key" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."identity_provider_association" enable row level security;
alter table "control"."identity_provider_association" force row level security;
create policy "tenant" on "control"."identity_provider_association" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."attribute_mapping" enable row level security;
alter table "control"."attribute_mapping" force row level security;
create policy "tenant" on "control"."attribute_mapping" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "control"."hub_secret" enable row level security;
alter table "control"."hub_secret" force row level security;
create policy "tenant" on "control"."hub_secret" using (current_setting('entente.scope', true) = 'hub') with check (current_setting('entente.scope', true) = 'hub');
alter table "control"."signing_key" enable row level security;
alter table "control"."signing_key" force row level security;
create policy "tenant" on "control"."signing_key" using (current_setting('entente.scope', true) = 'hub') with check (current_setting('entente.scope', true) = 'hub');
alter table "control"."trust_relationship" enable row level security;
alter table "control"."trust_relationship" force row level security;
create policy "tenant" on "control"."trust_relationship" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
create policy "application" on "control"."trust_relationship" for select using (application_id = any (string_to_array(current_setting('entente.applications', true), ',')::uuid[]));
alter table "control"."trust_version" enable row level security;
alter table "control"."trust_version" force row level security;
create policy "tenant" on "control"."trust_version" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
create policy "application" on "control"."trust_version" for select using (application_id = any (string_to_array(current_setting('entente.applications', true), ',')::uuid[]));
alter table "regional"."user_account" enable row level security;
alter table "regional"."user_account" force row level security;
create policy "tenant" on "regional"."user_account" using (current_setting('entente.scope', true) = 'hub' or home_partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or home_partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "regional"."membership" enable row level security;
alter table "regional"."membership" force row level security;
create policy "tenant" on "regional"."membership" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "regional"."session" enable row level security;
alter table "regional"."session" force row level security;
create policy "tenant" on "regional"."session" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "regional"."session_application" enable row level security;
alter table "regional"."session_application" force row level security;
create policy "tenant" on "regional"."session_application" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);
alter table "regional"."federated_identity" enable row level security;
alter table "regional"."federated_identity" force row level security;
create policy "tenant" on "regional"."federated_identity" using (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid) with check (current_setting('entente.scope', true) = 'hub' or partner_id = nullif(current_setting('entente.partner', true), '')::uuid);

-- Time partitions of login and audit_event are made ahead by the owner at each start; these two catch what falls outside.
create table "regional"."login_default" partition of "regional"."login" default;
create table "regional"."audit_event_default" partition of "regional"."audit_event" default;

-- The runtime group: reads and writes through row-level security, owns nothing, and reaches partitions only through their parent.
grant usage on schema "control", "regional" to entente_runtime;
do $$
declare t record;
begin
  for t in select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname in ('control', 'regional') and c.relkind in ('r', 'p') and not c.relispartition
  loop
    execute format('grant select, insert, update, delete on %I.%I to entente_runtime', t.nspname, t.relname);
  end loop;
end $$;

-- Append-only: the audit log. Immutable but for their state: versions of trust terms and of mappings.
revoke update, delete on "regional"."audit_event" from entente_runtime;
revoke update, delete on "control"."trust_version" from entente_runtime;
grant update ("activated_by", "activated_at") on "control"."trust_version" to entente_runtime;
revoke update, delete on "control"."attribute_mapping" from entente_runtime;
grant update ("state") on "control"."attribute_mapping" to entente_runtime;
