import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  certificateIdentity,
  sharedSecret,
  type TcpTransportOptions,
} from '@quorate/transport/tcp';

/** By what a node can show who it is. */
export interface Credentials {
  /** Its key and certificate, and the authority that it trusts, as PEM. */
  readonly certificate: Certificate | undefined;
  /** What all nodes of the cluster know, and nobody else. */
  readonly secret: string | undefined;
}

/** A certificate with what belongs to it. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca: Buffer;
}

/** How a node shows who it is, and what it asks of others. */
export type NodeIdentity = Pick<TcpTransportOptions, 'tls' | 'authentication'>;

/**
 * The credentials of node `id`: the files `<id>.pem` and `<id>.key` beside `ca.pem` in
 * `tlsDirectory`, if there is one.
 *
 * @throws Error if a file cannot be read.
 */
export function readCredentials(
  id: string,
  {
    tlsDirectory,
    secret,
  }: { readonly tlsDirectory: string | undefined; readonly secret: string | undefined },
): Credentials {
  if (tlsDirectory === undefined) return { certificate: undefined, secret };
  const read = (name: string): Buffer => readFileSync(join(tlsDirectory, name));
  return {
    certificate: { key: read(`${id}.key`), cert: read(`${id}.pem`), ca: read('ca.pem') },
    secret,
  };
}

/**
 * How to meet nodes that are dialed: by certificates if there is one, else by the secret, if there
 * is that. With certificates all that nodes say to each other is encrypted, and a node is who its
 * certificate names, wherever it is.
 */
export function identityOf({ certificate, secret }: Credentials): NodeIdentity {
  if (certificate === undefined) return secretIdentity(secret);
  return {
    tls: {
      server: { ...certificate, requestCert: true, rejectUnauthorized: true },
      // Addresses change; the name in the certificate is held against the id instead.
      client: { ...certificate, checkServerIdentity: () => undefined },
    },
    authentication: certificateIdentity(),
  };
}

/** How to meet nodes behind a server, which shows no certificates of theirs. */
export function secretIdentity(secret: string | undefined): Pick<NodeIdentity, 'authentication'> {
  if (secret === undefined) return {};
  return { authentication: sharedSecret(new TextEncoder().encode(secret)) };
}
