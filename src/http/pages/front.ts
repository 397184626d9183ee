/** The hub's own address: what answers here, for a person who opens it. Tells nothing that discovery does not. */
import { html } from './html.js';
import { type Page, renderPage } from './layout.js';

export function frontPage(): Page {
  return renderPage({
    title: 'This is an identity hub',
    body: html`<p>Organizations sign their people in here, to applications that trust this hub. There is nothing to sign in
to on this page: begin at the application that you want to use.</p>
<p>For developers: the API answers at <code>/graphql</code>, the OpenID Provider publishes itself at
<a href="/.well-known/openid-configuration">/.well-known/openid-configuration</a>.</p>`,
  });
}
