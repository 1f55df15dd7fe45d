/** A NATS server that runs for as long as the demo does, for those who have none. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A server of one's own. */
export interface OwnNatsServer {
  /** With what lets clients in. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Starts it on a free port of this machine, for those who know its token only.
 *
 * It ends with this process, however that ends: a `sh` waits for that. Ctrl-C in the terminal does
 * not reach it, so nodes can say goodbye over it.
 *
 * @param onEnd - Called if it ends before it is closed.
 * @throws Error if there is no nats-server on the path, or it does not start.
 */
export async function startNatsServer(onEnd: () => void): Promise<OwnNatsServer> {
  if (spawnSync('nats-server', ['--version']).error !== undefined) {
    throw new Error(
      'no nats-server on the path; install it (on Debian: apt-get install nats-server), or say ' +
        'with --nats-url where one runs',
    );
  }
  const directory = mkdtempSync(join(tmpdir(), 'quorate-nats-'));
  const token = randomBytes(24).toString('hex');
  const config = join(directory, 'nats.conf');
  writeFileSync(config, `host: 127.0.0.1\nport: -1\nauthorization { token: "${token}" }\n`, {
    mode: 0o600,
  });
  const child = spawn('nats-server', ['--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill "$1"', 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const exited = once(child, 'exit');
  let isWanted = true;
  child.once('exit', () => {
    // Its pid may be taken by another process later.
    guard.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
    if (isWanted) onEnd();
  });
  const lines: string[] = [];
  let port = '';
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    port = /client connections on 127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? port;
    if (port === '' || !line.includes('Server is ready')) continue;
    child.stderr.resume();
    const close = async (): Promise<void> => {
      isWanted = false;
      child.kill();
      await exited;
    };
    return { url: `nats://${token}@127.0.0.1:${port}`, close };
  }
  isWanted = false;
  throw new Error(`nats-server did not start: ${lines.at(-1) ?? 'it says nothing'}`);
}
