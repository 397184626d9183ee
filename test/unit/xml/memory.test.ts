/** WebAssembly memory is not garbage collected: every document must be freed, on every way out. */
import { diag } from 'libxml2-wasm';
import { readUntrustedXml } from '../../../src/xml/index.js';
import { FORGED, Harness, makeKeys, PERSON } from '../../support/saml-verdict.js';
import { swap, without } from '../../support/xml-text.js';

it('leaves no document behind, whether a message is accepted or refused [S20]', async () => {
  const saml = new Harness(await makeKeys());
  diag.configure({ enabled: true });
  const messages = [
    saml.message('both'),
    saml.encrypted('both'),
    saml.encrypted('none'),
    saml.message('both', { status: ['Responder'] }),
    swap(saml.message('both'), PERSON, FORGED),
    without(saml.message('assertion'), 'ds:Signature'),
    swap(saml.message('assertion'), '</saml:Subject>', '</saml:Subject><x:y/>'),
    swap(saml.encrypted('assertion'), /(?<=<xenc:CipherValue>)[^<]{8}/, 'AAAAAAAA'),
    '<a><b></a>',
    '',
  ];
  for (const message of messages) {
    saml.verify(message);
    readUntrustedXml(Buffer.from(message));
  }
  expect(diag.report()).toEqual({});
  diag.configure({ enabled: false });
});
