// The hub of `dist/`, in a process of its own, that tells its parent what it used when it is asked.
import { startHub } from '../dist/main.js';

const hub = await startHub(process.env);
process.on('message', () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }));
process.on('disconnect', () => process.exit(1));
process.on('SIGTERM', async () => {
  await hub.close();
  process.exit(0);
});
process.send({ ready: true });
