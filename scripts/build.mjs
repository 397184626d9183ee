// Compiles src/ to dist/ when a source changed since the last build, and removes output whose source is gone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src');
const output = join(root, 'dist');
const stamp = join(output, '.built');

/** Newest change in a folder, in milliseconds; a deleted file shows in the time of its folder. */
function newest(folder) {
  let latest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

export function buildIsCurrent() {
  if (!existsSync(stamp)) return false;
  if (!existsSync(source)) return true;
  return statSync(stamp).mtimeMs > Math.max(newest(source), statSync(join(root, 'tsconfig.json')).mtimeMs);
}

/** Returns the exit code of the compiler; 0 when nothing had to be done. */
export function build() {
  if (buildIsCurrent()) return 0;
  mkdirSync(output, { recursive: true });
  const started = new Date();
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', root], { stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  removeStale(output, source);
  writeFileSync(stamp, '');
  // A source that was saved while the compiler ran is newer than its output.
  utimesSync(stamp, started, started);
  return 0;
}

function removeStale(outputFolder, sourceFolder) {
  for (const entry of readdirSync(outputFolder, { withFileTypes: true })) {
    const path = join(outputFolder, entry.name);
    if (entry.isDirectory()) {
      if (existsSync(join(sourceFolder, entry.name))) removeStale(path, join(sourceFolder, entry.name));
      else rmSync(path, { recursive: true });
    } else if (/\.js(\.map)?$/.test(entry.name)) {
      const typescript = entry.name.replace(/\.js(\.map)?$/, '.ts');
      if (!existsSync(join(sourceFolder, typescript))) rmSync(path);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(build());
