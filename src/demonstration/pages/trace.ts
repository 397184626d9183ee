/** The trace of a login for a person to read: what came in, stage by stage what was decided, and which rule made what. */
import { html, plainText, type SafeHtml } from '../../http/pages/html.js';
import type { Page } from '../../http/pages/layout.js';
import type { LoginView, TracedAttribute, TracedStage } from '../login-trace.js';
import { renderSite, type Site } from './layout.js';

const stageTitles: Readonly<Record<string, string>> = {
  verify: 'Verify the assertion',
  consume: 'Take it in once',
  gather: 'Gather the policy',
  map: 'Map the attributes',
  trust: 'Trust',
  assess: 'Assess the risk',
  plan: 'Plan the provisioning',
  release: 'Release to the application',
  consent: 'Consent',
  commit: 'Commit',
  issue: 'Issue',
};

const stateWords: Readonly<Record<string, string>> = { ALLOWED: 'Allowed', DENIED: 'Refused' };

const outcomeWords: Readonly<Record<string, string>> = {
  PASSED: 'passed',
  REFUSED: 'refused',
  ASKED: 'asked',
  SKIPPED: 'not needed',
  MAPPED: 'mapped',
  DEFAULTED: 'default value',
  EMPTY: 'empty',
  FAILED: 'failed',
};

export interface TracePage {
  readonly site: Site;
  readonly login: LoginView;
  readonly graphqlUrl: string;
}

export function tracePage({ site, login, graphqlUrl }: TracePage): Page {
  return renderSite({
    site,
    title: 'How this sign‑in was decided',
    body: html`<p class="lead">Kept by the hub for every sign-in, allowed or refused, and read here from its GraphQL API as an auditor would.</p>
<section class="card">
<p class="verdict">${chip(login.state === 'ALLOWED' ? 'good' : 'wrong', stateWords[login.state] ?? login.state)}
${login.code !== null && html`<code>${login.code}</code>`}</p>
<dl class="facts">${login.facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd><bdi>${plainText(value, 300)}</bdi></dd></div>`)}</dl>
</section>
<section class="card"><h2>Stages</h2>
<ol class="stages">${login.stages.map(stageItem)}</ol>
</section>
${login.attributes.length > 0 && html`<section class="card">${attributesTable(login.attributes)}</section>`}
<div class="actions"><a class="button second" href="/">Back to ${site.name}</a></div>
<p class="muted small after">Asked of ${graphqlUrl} as <code>login(id: &quot;${login.id}&quot;)</code>.</p>`,
  });
}

function stageItem({ stage, outcome, summary, facts }: TracedStage): SafeHtml {
  const tone = outcome === 'PASSED' ? 'good' : outcome === 'REFUSED' ? 'wrong' : 'still';
  return html`<li class="${tone}"><h3>${stageTitles[stage.toLowerCase()] ?? stage} ${chip(tone, outcomeWords[outcome] ?? outcome)}</h3>
<p>${plainText(summary, 300)}</p>
${
  facts.length > 0 &&
  html`<dl>${facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd class="value">${plainText(value, 200)}</dd></div>`)}</dl>`
}</li>\n`;
}

function attributesTable(attributes: readonly TracedAttribute[]): SafeHtml {
  return html`<table class="attributes">
<caption><h2>Attributes</h2><span class="muted">Each with the rule that made it. Values of personal attributes are masked in the trace.</span></caption>
<thead><tr><th scope="col">Attribute</th><th scope="col">Rule</th><th scope="col">Value</th><th scope="col">Outcome</th><th scope="col">Released</th></tr></thead>
<tbody>
${attributes.map(
  ({ attribute, expression, values, outcome, problem, released }) => html`<tr><th scope="row">${attribute}</th>
<td data-label="Rule"><code>${plainText(expression, 4_000)}</code></td>
<td data-label="Value" class="value"><bdi>${plainText(values.join(', '), 300)}</bdi></td>
<td data-label="Outcome" class="short">${outcomeWords[outcome] ?? outcome}${problem !== null && html` (${plainText(problem, 200)})`}</td>
<td data-label="Released" class="short">${released ? 'yes' : 'no'}</td></tr>\n`,
)}
</tbody>
</table>`;
}

function chip(tone: string, text: string): SafeHtml {
  return html`<span class="chip ${tone}">${text}</span>`;
}
