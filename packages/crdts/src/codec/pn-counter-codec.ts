import type { Codec } from '@quorate/transport/codec';

import type { PnCounter } from '../plain/pn-counter.ts';
import { readGCounter, writeGCounter } from './g-counter-codec.ts';
import { stateCodec } from './state-codec.ts';

/** The codec of counters that go both ways, and of their deltas. */
export const pnCounterCodec: Codec<PnCounter> = /* @__PURE__ */ stateCodec({
  tag: 0x42,
  write(writer, { ups, downs }) {
    writeGCounter(writer, ups);
    writeGCounter(writer, downs);
  },
  read: (reader) => ({ ups: readGCounter(reader), downs: readGCounter(reader) }),
});
