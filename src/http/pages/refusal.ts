/**
 * Calm pages for a sign-in that did not work. The text is a constant of the kind: it says what to do next and never
 * why, so that nobody learns from it what the hub knows (H19); the reference leads support to the reason.
 */
import type { PageKind } from '../../shared/error-catalogue.js';
import { html, plainText, type SafeHtml } from './html.js';
import { type Page, renderPage } from './layout.js';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly next: string;
}

const words: Readonly<Record<PageKind, Words>> = {
  denied: {
    title: 'You could not be signed in',
    text: 'The sign-in through your organization did not give access. Signing in again with the same account will not change this.',
    next: 'Ask your organization’s help desk and give them the reference below. They can look up what has to change.',
  },
  retry: {
    title: 'Please sign in again',
    text: 'This sign-in could not be completed. Most often a second attempt works.',
    next: 'Start again. If you see this page once more, give the reference below to your organization’s help desk.',
  },
  expired: {
    title: 'This sign-in has ended',
    text: 'It took too long, was completed before, or was begun in another browser or window.',
    next: 'Go back to the application and sign in from there, in this browser.',
  },
  unavailable: {
    title: 'Sign-in is not available right now',
    text: 'Something that we need for signing you in does not answer. Nothing is wrong with your account.',
    next: 'Wait a minute and try again. If it lasts, give the reference below to your organization’s help desk.',
  },
  invalid: {
    title: 'This address does not work',
    text: 'The link or bookmark that brought you here is incomplete or no longer in use.',
    next: 'Go back to the application and sign in from there. A bookmark of a sign-in page does not last.',
  },
};

export interface RefusalPage {
  readonly kind: PageKind;
  /** The number that support finds the login by. */
  readonly reference: string;
  /** Where a new attempt begins: a path of this origin or a web address. Left out where trying again is no use. */
  readonly retryUrl?: string;
  readonly applicationName?: string;
}

export function refusalPage({ kind, reference, retryUrl, applicationName }: RefusalPage): Page {
  const { title, text, next } = words[kind];
  return renderPage({
    title,
    body: html`<p>${text}</p>
${applicationName !== undefined && html`<p class="muted">You were on your way to <bdi>${plainText(applicationName)}</bdi>.</p>`}
${whatNext(next, reference)}
${retryUrl !== undefined && html`<div class="actions"><a class="button" href="${retryUrl}">Try again</a></div>`}`,
  });
}

/** For an OAuth request that cannot be answered to the application (RFC 6749, section 4.1.2.1, first paragraph). */
export function errorPage({ reference }: { readonly reference: string }): Page {
  const next =
    'Go back to the application and start again. If it happens once more, tell its support the reference below.';
  return renderPage({
    title: 'The application’s request could not be handled',
    body: html`<p>The application sent you here with a request that we cannot act on. You have not been signed in.</p>
${whatNext(next, reference)}`,
  });
}

function whatNext(next: string, reference: string): SafeHtml {
  return html`<h2>What you can do</h2>
<p>${next}</p>
<dl class="reference"><dt>Reference</dt><dd>${plainText(reference, 64)}</dd></dl>`;
}
