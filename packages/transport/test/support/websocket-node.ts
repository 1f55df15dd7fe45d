import { once } from 'node:events';
import { createServer } from 'node:http';

import { WebSocketServer } from 'ws';

import { WebSocketTransport } from '../../src/adapters/websocket.ts';
import type { WebSocketTransportOptions } from '../../src/adapters/websocket.ts';

/** A node of `WebSocketTransport` behind an HTTP server of its own, on loopback. */
export interface WebSocketNode {
  readonly transport: WebSocketTransport;
  readonly port: number;
  readonly server: WebSocketServer;
  close(): Promise<void>;
}

/** Resolves when it can be dialed. */
export async function openWebSocketNode(
  options: WebSocketTransportOptions,
): Promise<WebSocketNode> {
  const transport = new WebSocketTransport(options);
  const http = createServer().listen(0, '127.0.0.1');
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => transport.accept(socket));
  await once(http, 'listening');
  const address = http.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    transport,
    port,
    server,
    close: async () => {
      await transport.close();
      for (const socket of server.clients) socket.terminate();
      server.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
