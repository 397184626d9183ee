-- Whether the Signature of an assertion may stand at its end, which SAML does not have: at first nowhere.
-- Row-level security is forced on the owner too, so the rows are reached under the scope of the hub, for this transaction.
select set_config('entente.scope', 'hub', true);
update "control"."identity_provider"
  set "settings" = '{"allowTrailingSignature": false}'::jsonb || "settings"
  where "settings" ->> 'kind' = 'SAML';
