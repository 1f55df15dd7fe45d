import type { Authentication } from '../authentication.ts';

const SECRET_BYTES_MIN = 16;
const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const;

/**
 * Authentication by one secret that all nodes of a cluster share, in browsers too. The same as that
 * of `@quorate/transport/tcp`: nodes with either prove themselves to each other.
 *
 * @param secret - At least 16 bytes that nobody can guess. Copied.
 * @throws RangeError if `secret` is shorter.
 *
 * @remarks
 * Whoever has the page's secret can take any node's id, so give it to pages of people you trust
 * that far; for others write the two functions yourself, with a token or key for each user.
 * HMAC-SHA-256 (RFC 2104) over the transcript, by WebCrypto, which browsers have on pages served
 * over HTTPS and on localhost only.
 *
 * @example
 * ```ts
 * import { nodeId } from '@quorate/transport';
 * import { sharedSecret, WebSocketTransport } from '@quorate/transport/websocket';
 *
 * const page = new WebSocketTransport({
 *   localId: nodeId('page-1'),
 *   clusterId: 'example',
 *   authentication: sharedSecret(new TextEncoder().encode('handed out at the log-in')),
 * });
 * page.capabilities.authenticated; // => true
 * await page.close();
 * ```
 */
export function sharedSecret(secret: Uint8Array): Authentication {
  if (secret.length < SECRET_BYTES_MIN) {
    throw new RangeError(`secret: expected at least 16 bytes, got ${secret.length}`);
  }
  const { subtle } = globalThis.crypto;
  const key = subtle.importKey('raw', Uint8Array.from(secret), algorithm, false, [
    'sign',
    'verify',
  ]);
  // Where it fails, `prove` and `verify` say so.
  key.catch(() => undefined);
  return {
    prove: async ({ transcript }) =>
      new Uint8Array(await subtle.sign('HMAC', await key, Uint8Array.from(transcript))),
    verify: async ({ proof, transcript }) =>
      subtle.verify('HMAC', await key, Uint8Array.from(proof), Uint8Array.from(transcript)),
  };
}
