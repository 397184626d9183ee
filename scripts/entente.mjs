#!/usr/bin/env node
// `npx entente …`: the same preparation as `npm start`, then the subcommand.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './build.mjs';
import { ensureBuilt, runOn } from './prepare.mjs';

/** @param {readonly string[]} args the subcommand and its arguments */
export async function launch(args) {
  const node = ensureBuilt();
  const entry = join(root, 'dist', 'cli', 'main.js');
  if (node === process.execPath) {
    const { main } = await import(pathToFileURL(entry).href);
    process.exit(await main(args, process.env));
  } else {
    process.exitCode = await runOn(node, [fileURLToPath(import.meta.url), ...args]);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await launch(process.argv.slice(2));
}
