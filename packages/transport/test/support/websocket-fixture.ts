import type { WebSocketTransportOptions } from '../../src/adapters/websocket.ts';
import { openWebSocketNode } from './websocket-node.ts';
import { WiredFixture } from './wired-fixture.ts';

/**
 * Nodes of `WebSocketTransport` on loopback that all listen.
 *
 * @param dials - 'both' ends of a pair, or 'one': the smaller id, as a page dials its server.
 */
export class WebSocketFixture extends WiredFixture {
  constructor(dials: 'both' | 'one', options: Partial<WebSocketTransportOptions> = {}) {
    super(async (common) => {
      const { transport, port, close } = await openWebSocketNode({ ...common, ...options });
      return {
        transport,
        address: { host: '127.0.0.1', port },
        dial: (peer, { host, port: at }) => {
          if (dials === 'one' && peer < transport.localId) return;
          transport.setPeer(peer, `ws://${host}:${at}/`);
        },
        close,
      };
    });
  }
}
