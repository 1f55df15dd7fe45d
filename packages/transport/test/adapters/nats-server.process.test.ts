import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { NatsTransport } from '../../src/adapters/nats.ts';
import { describeTransport } from '../../src/contract/index.ts';
import { nodeId } from '../../src/node-id.ts';
import { protocolName } from '../../src/protocol-name.ts';
import type { PeerEvent } from '../../src/transport.ts';
import { type HeldConnection, NatsFixture } from '../support/nats-fixture.ts';
import { natsIsMissing, NatsServer } from '../support/nats-server.ts';
import { nextTurn } from '../support/next-turn.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

// @nats-io/transport-node is the client that is developed on; `nats` 2 has the same methods.
describe.skipIf(natsIsMissing)('over a real nats-server', () => {
  let server: NatsServer;
  let clusterCount = 0;

  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** A connection through a wire that a test can clamp. */
  async function open(): Promise<HeldConnection & { readonly proxy: TcpProxy }> {
    const proxy = await TcpProxy.open({ host: '127.0.0.1', port: server.port });
    const connection = await connect({
      servers: `127.0.0.1:${proxy.address.port}`,
      ignoreClusterUpdates: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 20,
    });
    return {
      connection,
      proxy,
      stall: () => {
        proxy.clamp('back');
        return () => proxy.release('back');
      },
      close: async () => {
        await connection.close();
        await proxy.close();
      },
    };
  }

  describeTransport('NATS', () => {
    clusterCount += 1;
    return new NatsFixture(open, { clusterId: `contract ${clusterCount}` });
  });

  test('messages go on after clients have lost their server and found it again', async () => {
    const echo = protocolName('echo');
    const [left, right] = [nodeId('left.*>'), nodeId('right é')];
    const held = [await open(), await open()] as const;
    // Nobody waits for silence: the clients say that they have reconnected.
    const common = { clusterId: 'reconnecting', silenceMs: 600_000, redialMsMin: 5 };
    const far = new NatsTransport({ connection: held[1].connection, localId: right, ...common });
    const near = new NatsTransport({
      connection: held[0].connection,
      localId: left,
      peers: [right],
      ...common,
    });
    far.subscribe(echo, ({ from, payload }) => void far.send(from, echo, payload));
    const events: PeerEvent[] = [];
    let echoedCount = 0;
    near.observePeers((event) => events.push(event));
    near.subscribe(echo, () => (echoedCount += 1));
    const heard = async (): Promise<void> => {
      const before = echoedCount;
      while (echoedCount === before) {
        near.send(right, echo, new Uint8Array(100));
        await nextTurn();
      }
    };
    await heard();
    held[1].proxy.cut();
    await heard();
    held[0].proxy.cut();
    await heard();
    expect(events[0]).toMatchObject({ kind: 'up', peer: right });
    await Promise.all([near.close(), far.close()]);
    await Promise.all(held.map((connection) => connection.close()));
  });
});
