// `npm start`: installs what is missing, builds when sources changed, runs the hub on the pinned Node.js.
import { launch } from './entente.mjs';

await launch(['serve', ...process.argv.slice(2)]);
