/** Where a NATS server is and who asks, as options of its client. */
export interface NatsServer {
  /** `host:port`, as the client takes it. */
  readonly servers: string;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** Whether the URL asks for TLS. */
  readonly isEncrypted: boolean;
  /** The URL without what is secret in it. */
  readonly shown: string;
}

/**
 * Reads `nats://host:port` or `tls://host:port`, either with `user:password@` or `token@` before
 * the host; port 4222 if there is none.
 *
 * @throws RangeError if `url` is none of these. It says nothing of `url`, which may hold a secret.
 */
export function natsServer(url: string): NatsServer {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isKnown = parsed !== undefined && ['nats:', 'tls:'].includes(parsed.protocol);
  if (!isKnown || parsed.hostname === '' || !['', '/'].includes(parsed.pathname + parsed.search)) {
    throw new RangeError('NATS: expected a URL like nats://host:4222');
  }
  const { protocol, hostname, port, username, password } = parsed;
  const servers = `${hostname}:${port === '' ? '4222' : port}`;
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  const access = user === '' ? {} : pass === '' ? { token: user } : { user, pass };
  return {
    ...{ servers, ...access },
    isEncrypted: protocol === 'tls:',
    shown: `${protocol}//${servers}`,
  };
}
