import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  certificateIdentity,
  sharedSecret,
  type TcpTransportOptions,
} from '@quorate/transport/tcp';

/** How a node shows who it is, and what it asks of others. */
export type NodeIdentity = Pick<TcpTransportOptions, 'tls' | 'authentication'>;

/**
 * The identity of node `id`: by a certificate, if there is a directory with `ca.pem` and the files
 * `<id>.pem` and `<id>.key`; else by a secret that all share, if there is one. With certificates
 * all that nodes say to each other is encrypted, and a node is who its certificate names, wherever
 * it is.
 *
 * @throws Error if a file cannot be read.
 */
export function nodeIdentity(
  id: string,
  { tlsDirectory, secret }: { readonly tlsDirectory?: string; readonly secret?: string },
): NodeIdentity {
  if (tlsDirectory !== undefined) {
    const [key, cert, ca] = [`${id}.key`, `${id}.pem`, 'ca.pem'].map((name) =>
      readFileSync(join(tlsDirectory, name)),
    );
    return {
      tls: {
        server: { key, cert, ca, requestCert: true, rejectUnauthorized: true },
        // Addresses change; the name in the certificate is held against the id instead.
        client: { key, cert, ca, checkServerIdentity: () => undefined },
      },
      authentication: certificateIdentity(),
    };
  }
  if (secret === undefined) return {};
  return { authentication: sharedSecret(new TextEncoder().encode(secret)) };
}
