/** Where a process listens, or is reached. */
export interface Address {
  readonly host: string;
  /** 0..65535; where a process listens, 0 lets the system choose. */
  readonly port: number;
}

/** Reads `host:port`, the host of IPv6 in brackets; undefined if `text` says anything else. */
export function addressOf(text: string): Address | undefined {
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([0-9a-fA-F:.]{2,45})\]|([\w.-]{1,253})):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
