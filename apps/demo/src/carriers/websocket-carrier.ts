/**
 * Nodes that dial each other by WebSockets, where only HTTP gets through between them.
 *
 * Each has a server of its own for it, apart from that of the API: who may speak to nodes is not
 * who may speak to clients.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type Server } from 'node:https';
import { TLSSocket } from 'node:tls';

import type { NodeId } from '@quorate/transport';
import { linkSecurity } from '@quorate/transport/tcp';
import { type LinkSecurity, WebSocketTransport } from '@quorate/transport/websocket';
import { WebSocket, WebSocketServer } from 'ws';

import type { Address } from '../address.ts';
import type { Carrier, CarrierOptions } from './carrier.ts';
import { identityOf, type NodeIdentity } from './credentials.ts';

/** @throws Error if it cannot listen. */
export async function openWebSocketCarrier({
  listen,
  peers,
  credentials,
  ...options
}: CarrierOptions): Promise<Carrier> {
  const { tls, authentication } = identityOf(credentials);
  const urlOf = ({ host, port }: Address): string =>
    `${tls === undefined ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
  const securities = new WeakMap<object, LinkSecurity>();
  const remember = (socket: WebSocket, { socket: below }: IncomingMessage): void => {
    if (below instanceof TLSSocket) securities.set(socket, linkSecurity(below));
  };
  const transport = new WebSocketTransport({
    ...options,
    ...(authentication !== undefined && { authentication }),
    encrypted: tls !== undefined,
    // The platform's own `WebSocket` shows no certificate.
    createSocket: (url) => {
      const socket = new WebSocket(url, { ...tls?.client, perMessageDeflate: false });
      socket.once('upgrade', (response) => remember(socket, response));
      return socket;
    },
    securityOf: (socket) => securities.get(socket),
  });
  const server = await serve(listen, tls);
  const sockets = new WebSocketServer({
    server,
    maxPayload: transport.maxMessageBytes,
    perMessageDeflate: false,
    // Browsers say where a page comes from, nodes say nothing.
    verifyClient: ({ req }: { readonly req: IncomingMessage }) => req.headers.origin === undefined,
  });
  sockets.on('connection', (socket, request) => {
    remember(socket, request);
    transport.accept(socket);
  });
  const setPeer = (peer: NodeId, address: Address): void => {
    transport.setPeer(peer, urlOf(address));
  };
  // Only now that others can dial back.
  for (const [peer, address] of peers) setPeer(peer, address);
  return {
    transport,
    addressBook: { setPeer, removePeer: (peer) => transport.removePeer(peer) },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  { host, port }: Address,
  tls: NodeIdentity['tls'],
): Promise<ReturnType<typeof createServer> | Server> {
  const answer: RequestListener = (_request, response) => {
    response.writeHead(426, { connection: 'close' }).end();
  };
  const server =
    tls === undefined ? createServer(answer) : createTlsServer({ ...tls.server }, answer);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
