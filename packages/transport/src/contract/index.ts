/**
 * The contracts that every `Transport` and every `Codec` keep, as test suites for vitest. That of
 * codecs draws its values with fast-check.
 *
 * @packageDocumentation
 */
import { describe } from 'vitest';

import { describeDelivery } from './delivery.ts';
import type { ContractOptions, TransportFixture } from './fixture.ts';
import { describeLife } from './life.ts';
import { describeLimits } from './limits.ts';
import { describeListeners } from './listeners.ts';
import { clauseTests } from './scene.ts';

export {
  type CodecClause,
  type CodecContractOptions,
  type CodecLaw,
  codecLaws,
  describeCodec,
} from './codec.ts';
export type { ContractClause, ContractOptions, PeerObserver, TransportFixture } from './fixture.ts';
export { Markers } from './markers.ts';

/**
 * Registers the tests of C1 to C11 (see `Transport`) for one carrier.
 *
 * @param name - The carrier, as it stands in the report.
 * @param createFixture - A new network for each test, without faults.
 * @param options - What the carrier cannot promise, each with a reason.
 */
export function describeTransport(
  name: string,
  createFixture: () => TransportFixture | Promise<TransportFixture>,
  options: ContractOptions = {},
): void {
  describe(`Transport contract: ${name}`, () => {
    const clause = clauseTests(createFixture, options);
    describeDelivery(clause);
    describeLimits(clause);
    describeLife(clause);
    describeListeners(clause);
  });
}
