import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { LoadTarget } from '../../src/supervisor/load-generator.ts';

/** A request as a fake node gets it. */
export interface FakeRequest {
  /** The node that was asked, from 0. */
  readonly node: number;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: string;
}

/** What a fake node answers. `undefined`: it hangs up. */
export type FakeAnswer =
  { readonly status: number; readonly document: unknown; readonly etag?: string } | undefined;

/** HTTP servers that answer as a test says. */
export class FakeNodes {
  readonly #servers: readonly Server[];

  constructor(count: number, answer: (request: FakeRequest) => FakeAnswer) {
    this.#servers = Array.from({ length: count }, (_, node) =>
      createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const { method = '', url: path = '', headers } = request;
          const key = String(headers['idempotency-key'] ?? '');
          const answered = answer({ node, method, path, key, body });
          if (answered === undefined) {
            request.destroy();
            return;
          }
          const { status, document, etag } = answered;
          response.writeHead(status, etag === undefined ? {} : { etag });
          response.end(JSON.stringify(document));
        });
      }),
    );
  }

  /** Starts them. @returns Where they listen. */
  listen(): Promise<readonly LoadTarget[]> {
    return Promise.all(
      this.#servers.map(async (server, index) => {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        return { id: `n${index + 1}`, api: `http://127.0.0.1:${port}` };
      }),
    );
  }

  close(): void {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}
