import { TcpTransport } from '@quorate/transport/tcp';

import type { Carrier, CarrierOptions } from './carrier.ts';
import { identityOf } from './credentials.ts';

/** Nodes that dial each other. @throws Error if it cannot listen. */
export async function openTcpCarrier({
  credentials,
  ...options
}: CarrierOptions): Promise<Carrier> {
  const transport = await TcpTransport.open({ ...options, ...identityOf(credentials) });
  return { transport, addressBook: transport, close: () => Promise.resolve() };
}
