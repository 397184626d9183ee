import fc from 'fast-check';
import { html, plainText, webAddress } from '../../../src/http/pages/html.js';

describe('the html template', () => {
  it('shows hostile text as text, also inside an attribute [H08]', () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>\``;
    const { markup } = html`<p title="${hostile}">${hostile}</p>`;
    expect(markup).not.toMatch(/<(script|img)/);
    expect(markup.match(/["<>'`]/g)).toEqual(['<', '"', '"', '>', '<', '>']);
  });

  it('never lets a value open a tag or leave its attribute, whatever the value [H08]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const { markup } = html`<i a="${value}">${value}</i>`;
        expect(markup.replace(/[^<>"'`]/g, '')).toBe('<""><>');
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('keeps nested templates and lists of them as markup, and nothing for what is absent', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}${null}${undefined}${false}${3}</ul>`.markup).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li>3</ul>',
    );
  });

  it('refuses a value in an attribute without quotes', () => {
    expect(() => html`<p title=${'x'}></p>`).toThrow('quotes');
  });

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    'https://user:secret@evil.example/',
    'relative/path',
    '',
  ])('refuses %j as an address [S38]', (address) => {
    expect(() => html`<a href="${address}">x</a>`).toThrow('not a web address');
    expect(() => html`<form action="${address}"></form>`).toThrow('not a web address');
  });

  it('takes a path of this origin and a web address', () => {
    expect(webAddress('/federation/choose?x=1')).toBe('/federation/choose?x=1');
    expect(webAddress('https://idp.example/sso?a="b"')).toBe('https://idp.example/sso?a=%22b%22');
  });
});

describe('text from outside', () => {
  it('loses line breaks, ANSI, bidi overrides and nulls [H12]', () => {
    expect(plainText('Aurora\r\nSet-Cookie: x\u001b[31m\u202egnp.exe\u0000\u2028end')).toBe(
      'Aurora Set-Cookie: x [31m gnp.exe end',
    );
  });

  it('is cut to its length without splitting a character, in bounded time [H13]', () => {
    expect(plainText('😀'.repeat(500_000), 10)).toBe(`${'😀'.repeat(9)}…`);
  });

  it('keeps the joiners that names are written with', () => {
    expect(plainText('علی\u200cرضا')).toBe('علی\u200cرضا');
  });
});
