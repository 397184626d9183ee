/** Documents over HTTP on 127.0.0.1, well behaved or not: what the hub fetches when it is told an address. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedDocument {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Takes the response over: slow, endless. */
  readonly raw?: (response: ServerResponse) => void;
}

export interface DocumentServer {
  readonly origin: string;
  /** `127.0.0.1:port`, as an entry of the egress allow list. */
  readonly hostPort: string;
  /** Paths that were asked for. */
  readonly requests: string[];
  set(path: string, document: ServedDocument): void;
  close(): Promise<void>;
}

export async function startDocumentServer(): Promise<DocumentServer> {
  const documents = new Map<string, ServedDocument>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const document = documents.get(request.url ?? '');
    if (document?.raw) return document.raw(response);
    response.writeHead(document === undefined ? 404 : (document.status ?? 200), document?.headers ?? {});
    response.end(document?.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hostPort = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${hostPort}`,
    hostPort,
    requests,
    set: (path, document) => void documents.set(path, document),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
