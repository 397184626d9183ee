/**
 * A real Chromium for browser tests: an installed one where the machine has it, else the binary inside the npm package
 * `@sparticuz/chromium`. Names of hosts can be sent to loopback ports, so that hub, IdP and application are three sites.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

const installed = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

async function executable(): Promise<{ path: string; args: string[] }> {
  const found = installed.find((path) => path !== undefined && existsSync(path));
  if (found !== undefined) return { path: found, args: [] };
  const { default: packaged } = await import('@sparticuz/chromium');
  packaged.setGraphicsMode = false;
  return { path: await packaged.executablePath(), args: ['--no-zygote', '--disable-dev-shm-usage'] };
}

/** @param hosts name of a host (`hub.test`) to the loopback port that answers for it. */
export async function openBrowser(hosts: Readonly<Record<string, number>> = {}): Promise<Browser> {
  const { path, args } = await executable();
  const rules = Object.entries(hosts).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: [
      ...args,
      '--disable-gpu',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(',')}`]),
    ],
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Findings of axe-core at WCAG 2.2 AA and its best practices, one line each; an empty list is a pass. */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const violations = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  )) as readonly AxeViolation[];
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}
