import { afterEach } from 'vitest';

import { describeTransport } from '../../src/contract/index.ts';
import { FakeNats } from '../support/fake-nats.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NatsFixture } from '../support/nats-fixture.ts';

const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Lets a millisecond pass in every turn of the event loop, whatever the time really is. */
function pump(clock: ManualClock): () => void {
  let isStopped = false;
  const turn = (): void => {
    clock.advance(1);
    if (!isStopped) setImmediate(turn);
  };
  setImmediate(turn);
  return () => (isStopped = true);
}

describeTransport('NATS, over a fake server in virtual time', () => {
  const clock = new ManualClock();
  const server = new FakeNats(clock);
  stops.push(pump(clock));
  const connect = async () => {
    const connection = server.connect();
    const close = async (): Promise<void> => connection.close();
    return { connection, close, stall: () => connection.stall() };
  };
  // Turns are counted as milliseconds here, and a stalled node is no dead one.
  return new NatsFixture(connect, { clusterId: 'contract', clock, silenceMs: 600_000 });
});
