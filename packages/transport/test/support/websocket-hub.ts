import type { TestProject } from 'vitest/node';

import '../../browser/hub-url.ts';
import { sharedSecret } from '../../src/adapters/websocket.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import { openWebSocketNode } from './websocket-node.ts';

/**
 * A node that the pages of browser tests dial: it echoes, and breaks their sockets when told to.
 * Runs beside the browser for as long as its tests do.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { transport, server, port, close } = await openWebSocketNode({
    localId: nodeId('hub'),
    clusterId: 'browser',
    authentication: sharedSecret(new TextEncoder().encode('the secret of the tests')),
    onError: () => undefined,
  });
  const echo = protocolName('echo');
  transport.subscribe(echo, ({ from, payload }) => void transport.send(from, echo, payload));
  transport.subscribe(protocolName('cut'), () => {
    for (const socket of server.clients) socket.terminate();
  });
  transport.subscribe(protocolName('text'), () => {
    for (const socket of server.clients) socket.send('text');
  });
  project.provide('hubUrl', `ws://127.0.0.1:${port}/`);
  return close;
}
