import type { Transport } from '@quorate/transport';
import { describeTransport } from '@quorate/transport/contract';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { StampedTransport } from '../../src/observe/stamped-transport.ts';
import { DecoratedFixture } from '../support/decorated-fixture.ts';

/** Stamped, while somebody follows the trace. */
function stamped(inner: Transport): Transport {
  return new StampedTransport(inner, {
    clock: systemClock,
    random: systemRandom,
    describe: (protocol) => protocol,
    isTraced: () => true,
    trace: () => undefined,
  });
}

describeTransport('stamped', () => new DecoratedFixture(stamped), {
  exceptions: {
    C7: 'all nodes share one event loop: when one does not read, none does',
  },
});
