import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { TcpTls } from '../../src/adapters/tcp.ts';

const folder = path.join(import.meta.dirname, '..', 'fixtures');
/** Self-signed for `quorate.test`, valid from 2020 to 2120, and of no use outside these tests. */
const cert = readFileSync(path.join(folder, 'tls-certificate.pem'));
const key = readFileSync(path.join(folder, 'tls-key.pem'));

/** Both ends show the same certificate and trust nothing else. */
export const mutualTls: TcpTls = {
  server: { key, cert, ca: cert, requestCert: true, rejectUnauthorized: true },
  client: { key, cert, ca: cert, servername: 'quorate.test' },
};

/** Only the server shows a certificate. */
export const serverTls: TcpTls = {
  server: { key, cert },
  client: { ca: cert, servername: 'quorate.test' },
};
