import type { Transport } from '@quorate/transport';
import { describeTransport } from '@quorate/transport/contract';
import { systemClock } from '@quorate/transport/system';

import { NodeEvents } from '../../src/observe/node-events.ts';
import { ObservedTransport } from '../../src/observe/observed-transport.ts';
import { DecoratedFixture } from '../support/decorated-fixture.ts';

/** Observed, while someone watches. */
function observed(inner: Transport): Transport {
  const events = new NodeEvents();
  events.subscribe(() => undefined);
  return new ObservedTransport(inner, {
    clock: systemClock,
    events,
    describe: (protocol) => protocol,
    isBlocked: () => false,
  });
}

describeTransport('observed', () => new DecoratedFixture(observed), {
  exceptions: {
    C7: 'all nodes share one event loop: when one does not read, none does',
  },
});
