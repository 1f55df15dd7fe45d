import { describeTransport, type PeerObserver } from '../src/contract/index.ts';
import { seededRandom, systemClock } from '../src/adapters/system.ts';
import { FaultyTransport } from '../src/faulty-transport.ts';
import type { Transport } from '../src/transport.ts';
import { MessagePortFixture } from './support/message-port-fixture.ts';

/** The nodes of another fixture, each behind a decorator that has no faults to cause. */
class FaultyFixture extends MessagePortFixture {
  override async connect(ids: readonly string[], observe?: PeerObserver) {
    return (await super.connect(ids, observe)).map(decorate);
  }

  override async restart(localId: string): Promise<Transport> {
    return decorate(await super.restart(localId));
  }
}

function decorate(transport: Transport): Transport {
  return new FaultyTransport(transport, { clock: systemClock, random: seededRandom(1) });
}

describeTransport('FaultyTransport without rules', () => new FaultyFixture());
