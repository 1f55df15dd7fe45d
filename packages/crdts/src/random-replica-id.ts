import type { Random } from '@quorate/transport';

import type { ReplicaId } from './replica-id.ts';
import { unpackReplicaId } from './wire/replica-id-codec.ts';

/**
 * A fresh id of eight characters, which takes six bytes in an update.
 *
 * @param random - The system's, or a seeded one in tests. Asked for 48 bits.
 *
 * @remarks
 * Make one for each load of a document: then a restored backup or a second tab never counts on
 * under an id that goes on elsewhere. Two of a million ids of one document are equal by a chance of
 * 1 in 560, so let a service that numbers millions of sessions give out its own.
 *
 * @example
 * ```ts
 * import { systemRandom } from '@quorate/transport/system';
 * import { randomReplicaId } from '@quorate/crdts/text';
 *
 * randomReplicaId(systemRandom).length; // => 8
 * ```
 */
export function randomReplicaId(random: Random): ReplicaId {
  const high = random.uint32() % 0x100_0000;
  return unpackReplicaId(high * 0x100_0000 + (random.uint32() % 0x100_0000));
}
