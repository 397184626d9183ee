// Writes docs/security/saml-verdicts.md: the differential suite runs once and keeps what it found. Needs xmlsec1.
process.env.WRITE_VERDICTS = 'true';
process.argv.push('test/attacks/saml/differential.test.ts');
await import('./test.mjs');
