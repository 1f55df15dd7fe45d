import { describe, expect, test } from 'vitest';

import { sharedSecret as nodeSharedSecret } from '../../src/adapters/shared-secret.ts';
import { sharedSecret } from '../../src/adapters/web-shared-secret.ts';
import { nodeId } from '../../src/node-id.ts';

const secret = Uint8Array.from({ length: 16 }, (_, index) => index);
const transcript = Uint8Array.of(1, 2, 3);
const peer = nodeId('n1');
const claim = (proof: Uint8Array) => ({ claimedId: peer, proof, transcript, security: undefined });

describe('sharedSecret by WebCrypto', () => {
  test('makes the proofs that the one of Node makes', async () => {
    const proof = await sharedSecret(secret).prove({ peer, transcript });
    expect(proof).toEqual(
      Uint8Array.from(await nodeSharedSecret(secret).prove({ peer, transcript })),
    );
    expect(await nodeSharedSecret(secret).verify(claim(proof))).toBe(true);
    expect(await sharedSecret(secret).verify(claim(proof))).toBe(true);
  });

  test('takes no other proof', async () => {
    const { prove, verify } = sharedSecret(secret);
    const proof = await prove({ peer, transcript });
    expect(await verify(claim(proof.subarray(1)))).toBe(false);
    expect(await verify(claim(proof.with(31, (proof[31] ?? 0) ^ 1)))).toBe(false);
    expect(await verify(claim(new Uint8Array(0)))).toBe(false);
    expect(await verify({ ...claim(proof), transcript: Uint8Array.of(1, 2, 4) })).toBe(false);
    const other = sharedSecret(secret.with(0, 9));
    expect(await other.verify(claim(proof))).toBe(false);
  });

  test('keeps a copy of the secret', async () => {
    const given = secret.slice();
    const { prove } = sharedSecret(given);
    given.fill(0);
    expect(await prove({ peer, transcript })).toEqual(
      await sharedSecret(secret).prove({ peer, transcript }),
    );
  });

  test('refuses a secret that is short', () => {
    expect(() => sharedSecret(new Uint8Array(15))).toThrow('secret: expected at least 16 bytes');
  });
});
