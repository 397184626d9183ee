-- Refused sign-ins, counted by code: an index of the refusals alone, with all that is counted.
create index "audit_event_login_denied_index" on "regional"."audit_event" ("partner_id", "id") include ("code", "actor_kind", "actor_id", "application_id", "occurred_at") where action = 'login.denied';
