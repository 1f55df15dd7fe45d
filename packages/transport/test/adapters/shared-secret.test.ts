import { describe, expect, test } from 'vitest';

import { sharedSecret } from '../../src/adapters/shared-secret.ts';
import { nodeId } from '../../src/node-id.ts';

const transcript = new TextEncoder().encode('what both ends said');
const secret = new TextEncoder().encode('sixteen bytes !!');
const challenge = { peer: nodeId('n2'), transcript };

async function isAccepted(
  proof: Uint8Array,
  changes: { readonly transcript?: Uint8Array } = {},
): Promise<boolean> {
  const claim = { claimedId: nodeId('n1'), transcript, security: undefined, ...changes };
  return sharedSecret(secret).verify({ ...claim, proof });
}

describe('a shared secret', () => {
  test('proves itself to whoever has it, over this transcript only', async () => {
    const proof = await sharedSecret(secret).prove(challenge);
    expect(proof).toHaveLength(32);
    expect(await isAccepted(proof)).toBe(true);
    expect(await isAccepted(proof, { transcript: transcript.subarray(1) })).toBe(false);
  });

  test('accepts no other proof: another secret, a damaged one, a part, nothing', async () => {
    const other = await sharedSecret(secret.map((byte) => byte ^ 1)).prove(challenge);
    const proof = await sharedSecret(secret).prove(challenge);
    const damaged = proof.slice().fill(0, 31);
    for (const wrong of [other, damaged, proof.subarray(0, 31), new Uint8Array(0)]) {
      expect(await isAccepted(wrong)).toBe(false);
    }
  });

  test('is copied, and refused when it is short', async () => {
    const reused = secret.slice();
    const authentication = sharedSecret(reused);
    reused.fill(0);
    expect(await isAccepted(await authentication.prove(challenge))).toBe(true);
    expect(() => sharedSecret(new Uint8Array(15))).toThrow(RangeError);
  });
});
