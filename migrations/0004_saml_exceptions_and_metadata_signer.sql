-- Every SAML identity provider says which old algorithms it may use (at first none) and who signs its metadata (at first nobody).
-- Row-level security is forced on the owner too, so the rows are reached under the scope of the hub, for this transaction.
select set_config('entente.scope', 'hub', true);
update "control"."identity_provider"
  set "settings" = '{"algorithmExceptions": [], "metadataSigner": null}'::jsonb || "settings"
  where "settings" ->> 'kind' = 'SAML';
