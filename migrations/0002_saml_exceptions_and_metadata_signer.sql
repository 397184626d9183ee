-- Every SAML identity provider says which old algorithms it may use (at first none) and who signs its metadata (at first nobody).
update "control"."identity_provider"
  set "settings" = '{"algorithmExceptions": [], "metadataSigner": null}'::jsonb || "settings"
  where "settings" ->> 'kind' = 'SAML';
