// Compiles src/ to dist/ when a source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'dist', '.built');

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Returns the exit code of the compiler; 0 when nothing had to be done. */
export function build() {
  const sources = Math.max(newest(join(root, 'src')), statSync(join(root, 'tsconfig.json')).mtimeMs);
  if (existsSync(stamp) && statSync(stamp).mtimeMs > sources) return 0;
  mkdirSync(join(root, 'dist'), { recursive: true });
  const started = Date.now();
  const { status } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', root], { stdio: 'inherit' });
  if (status === 0) writeFileSync(stamp, new Date(started).toISOString());
  return status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(build());
