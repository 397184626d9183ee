// `npm run verdicts`: writes docs/security/saml-verdicts.md from the interop leg that judges all documents. Needs xmlsec1.
process.env.WRITE_VERDICTS = 'true';
process.argv.push('--only', 'saml-verdicts');
await import('./interop.mjs');
