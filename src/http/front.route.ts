/** `/`: the address that the hub names itself by. */
import type { FastifyInstance } from 'fastify';
import { frontPage } from './pages/index.js';
import { sendPage } from './render.js';

export async function frontRoute(scope: FastifyInstance): Promise<void> {
  const page = frontPage();
  scope.get('/', (_request, reply) => sendPage(reply, 200, page));
}
