import { type ReconcilableSet, SetReconciler } from '@quorate/bloom-filter/reconciliation';
import { createRequester, nodeId } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom, systemClock } from '@quorate/transport/system';

import { type BenchCase, constantPeer, type Metric, type Suite } from '../suite.ts';

/** Items that both sides have, as identifiers of 16 bytes. */
const COMMON = 100_000;
const ITEM_BYTES = 16;

const onWire: Metric = { name: 'bytes on the wire', unit: 'B', better: 'lower' };
const sample = (bytes: number) => ({ [onWire.name]: bytes });

/** `count` identifiers that no other name gives. */
function identifiers(name: number, count: number): readonly string[] {
  const random = seededRandom(name);
  return Array.from({ length: count }, () => {
    const words = Uint32Array.from({ length: ITEM_BYTES / 4 }, () => random.uint32());
    return Buffer.from(words.buffer).toString('latin1');
  });
}

function setOf(items: readonly string[]): ReconcilableSet & { readonly all: Set<string> } {
  const all = new Set(items);
  return {
    all,
    items: () => [...all].map((item) => Buffer.from(item, 'latin1')),
    add: (item) => all.add(Buffer.from(item).toString('latin1')),
  };
}

/** Both sides lack half of what differs. */
async function reconciledBytes(differing: number): Promise<number> {
  const network = new MemoryNetwork({});
  const common = identifiers(1, COMMON);
  const sets = [2, 3].map((name) => setOf([...common, ...identifiers(name, differing / 2)]));
  const reconcilers = sets.map((set, index) => {
    const requester = createRequester(network.join(nodeId(`n${index}`)), systemClock);
    return new SetReconciler({ requester, set, random: seededRandom(7 + index) });
  });
  const outcome = await reconcilers[0]?.reconcile(nodeId('n1'));
  const isEqual = sets.every(({ all }) => all.size === COMMON + differing);
  if (outcome?.kind !== 'reconciled' || !isEqual) throw new Error('expected sets that are equal');
  return outcome.sentBytes + outcome.receivedBytes;
}

function differing(count: number): BenchCase {
  const items = count * ITEM_BYTES;
  return {
    name: `${count} of ${COMMON} differ`,
    metrics: [onWire],
    ours: { name: 'SetReconciler', run: async () => sample(await reconciledBytes(count)) },
    peers: [
      constantPeer('all ids, and what the other lacks', sample(COMMON * ITEM_BYTES + items)),
      constantPeer('8 bytes of a hash of each, and that', sample(COMMON * 8 + items)),
      constantPeer('what the other lacks, and no more', sample(items)),
    ],
    runs: 1,
    warmUpRuns: 0,
  };
}

/** What it takes to make two sets equal, beside what cannot be less and what everybody does. */
export const suite: Suite = {
  name: 'bloom-filter-reconciliation',
  description: 'How many bytes does it take to make the sets of two nodes equal?',
  cases: [2, 10, 100, 1_000, 10_000, 50_000].map(differing),
};
