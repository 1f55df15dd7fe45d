import { describe, expect, test } from 'vitest';

import { createRequester } from '../src/create-requester.ts';
import { protocolName } from '../src/protocol-name.ts';
import { ManualClock } from './support/manual-clock.ts';
import { ManualNetwork } from './support/manual-network.ts';
import { createBench, localId, outcomeOf, remoteId } from './support/requests.ts';

const payload = Uint8Array.of(1);
const timeout = { timeoutMs: 100 };

describe('createRequester', () => {
  test('asks and answers in both directions over one transport, and itself', async () => {
    const { requester, network, peer, clock } = createBench();
    const other = createRequester(peer, clock, { protocol: protocolName('other') });
    other.close();
    const opposite = createRequester(network.join(remoteId, 2), clock);
    requester.serve('who', () => Uint8Array.of(1));
    opposite.serve('who', () => Uint8Array.of(2));
    const answers = [
      requester.request(remoteId, 'who', payload, timeout),
      opposite.request(localId, 'who', payload, timeout),
      requester.request(localId, 'who', payload, timeout),
    ].map(outcomeOf);
    network.deliverAll();
    expect(await Promise.all(answers)).toEqual([
      { kind: 'replied', payload: [2] },
      { kind: 'replied', payload: [1] },
      { kind: 'replied', payload: [1] },
    ]);
  });

  test('keeps two protocols of one transport apart', async () => {
    const { requester, network, transport, clock } = createBench();
    const second = createRequester(transport, clock, { protocol: protocolName('second') });
    requester.serve('who', () => Uint8Array.of(1));
    second.serve('who', () => Uint8Array.of(2));
    const answer = outcomeOf(second.request(localId, 'who', payload, timeout));
    network.deliverAll();
    expect(await answer).toEqual({ kind: 'replied', payload: [2] });
  });

  test('is the only one of its protocol, until it is closed', () => {
    const { requester, transport, clock } = createBench();
    expect(() => createRequester(transport, clock)).toThrow(RangeError);
    requester.close();
    createRequester(transport, clock).close();
  });

  // Why this test? The peer would take the second requester's first request for the first's.
  test('never uses a number again that an earlier requester of the process used', () => {
    const clock = new ManualClock();
    const network = new ManualNetwork(clock);
    const transport = network.join(localId);
    let runCount = 0;
    createRequester(network.join(remoteId), clock).serve('count', (request) => {
      runCount += 1;
      return request;
    });
    for (let round = 1; round <= 3; round += 1) {
      const requester = createRequester(transport, clock);
      for (const _ of [1, 2]) {
        requester.request(remoteId, 'count', payload, timeout).catch(() => undefined);
      }
      network.deliverAll();
      requester.close();
      expect(runCount).toBe(2 * round);
    }
  });
});
