import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Authentication } from '../authentication.ts';

const SECRET_BYTES_MIN = 16;

/**
 * Authentication by one secret that all nodes of a cluster share.
 *
 * @param secret - At least 16 bytes that nobody can guess. Copied.
 * @throws RangeError if `secret` is shorter.
 *
 * @remarks
 * Keeps out everybody who does not know the secret, and makes a recorded conversation worthless.
 * Whoever knows it can take any node's id: where nodes must not trust each other that far, give
 * each a key or certificate of its own and write the two functions yourself. Hides nothing: that is
 * for TLS. HMAC-SHA-256 (RFC 2104) over the transcript.
 *
 * @example
 * ```ts
 * import { nodeId } from '@quorate/transport';
 * import { sharedSecret, TcpTransport } from '@quorate/transport/tcp';
 *
 * const transport = await TcpTransport.open({
 *   localId: nodeId('n1'),
 *   clusterId: 'example',
 *   authentication: sharedSecret(new TextEncoder().encode('read this from a file instead')),
 * });
 * transport.capabilities.authenticated; // => true
 * await transport.close();
 * ```
 */
export function sharedSecret(secret: Uint8Array): Authentication {
  if (secret.length < SECRET_BYTES_MIN) {
    throw new RangeError(`secret: expected at least 16 bytes, got ${secret.length}`);
  }
  const key = Uint8Array.from(secret);
  const sign = (transcript: Uint8Array): Uint8Array =>
    createHmac('sha256', key).update(transcript).digest();
  return {
    prove: ({ transcript }) => sign(transcript),
    verify: ({ proof, transcript }) => {
      const expected = sign(transcript);
      return proof.length === expected.length && timingSafeEqual(proof, expected);
    },
  };
}
