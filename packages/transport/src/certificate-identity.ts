import type { Authentication } from './authentication.ts';
import type { NodeId } from './node-id.ts';

/**
 * Authentication by TLS certificates: a node is who its certificate names. For `TcpTransport` with
 * `tls` whose server asks for certificates (`requestCert`).
 *
 * @param nameOf - The DNS name that the certificate of a node carries among its subject alternative
 *   names. Default: the id itself.
 *
 * @remarks
 * Without it, mutual TLS keeps out whoever has no certificate, but each node that has one may take
 * the id of any other. Names are compared as they are: case counts, and a wildcard names nobody.
 * A certificate that the local trust store does not accept proves nothing, whatever
 * `rejectUnauthorized` lets through; neither does a common name.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { nodeId } from '@quorate/transport';
 * import { certificateIdentity, TcpTransport } from '@quorate/transport/tcp';
 *
 * const [key, cert] = await Promise.all([readFile('n1.key'), readFile('n1.pem')]);
 * const ca = await readFile('ca.pem');
 * const transport = await TcpTransport.open({
 *   localId: nodeId('n1'),
 *   clusterId: 'example',
 *   listen: { host: '0.0.0.0', port: 7001 },
 *   tls: { server: { key, cert, ca, requestCert: true }, client: { key, cert, ca } },
 *   authentication: certificateIdentity((id) => `${id}.cluster.example`),
 * });
 * await transport.close();
 * ```
 */
export function certificateIdentity(nameOf: (id: NodeId) => string = (id) => id): Authentication {
  return {
    // TLS has proven it already: the key of the certificate took part in the link.
    prove: () => new Uint8Array(0),
    verify: ({ claimedId, security }) =>
      security?.isAuthorized === true && hasName(security.alternativeNames, nameOf(claimedId)),
  };
}

/** Whether `names`, as Node prints them, have `name` among their DNS names. */
function hasName(names: string | undefined, name: string): boolean {
  // Node puts names that could be taken for several in quotes (CVE-2021-44532). None of ours has.
  if (names === undefined || names.includes('"')) return false;
  return names.split(', ').includes(`DNS:${name}`);
}
