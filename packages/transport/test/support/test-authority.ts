import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { TcpTls } from '../../src/adapters/tcp.ts';

/** Why tests with certificates of their own are skipped here, if they are. */
export const opensslIsMissing: boolean = spawnSync('openssl', ['version']).status !== 0;
if (opensslIsMissing)
  console.warn('no openssl on the path: tests that make certificates are skipped');

/** A certificate authority, in a folder of its own. */
export class TestAuthority implements Disposable {
  readonly #folder: string = mkdtempSync(path.join(tmpdir(), 'quorate-authority-'));
  readonly #issued = new Map<string, TcpTls>();

  constructor() {
    this.#openssl('ca', ['-subj', '/CN=test authority']);
  }

  /** TLS of a node whose certificate names `name` and the loopback address. The same each time. */
  issue(name: string): TcpTls {
    const issued = this.#issued.get(name) ?? this.#issue(name);
    this.#issued.set(name, issued);
    return issued;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #issue(name: string): TcpTls {
    const names = `subjectAltName=DNS:${name},IP:127.0.0.1`;
    const by = ['-CA', this.#path('ca.pem'), '-CAkey', this.#path('ca.key')];
    this.#openssl(name, ['-subj', `/CN=${name}`, '-addext', names, ...by]);
    const [key, cert, ca] = [`${name}.key`, `${name}.pem`, 'ca.pem'].map((file) =>
      readFileSync(this.#path(file)),
    );
    return {
      server: { key, cert, ca, requestCert: true, rejectUnauthorized: true },
      client: { key, cert, ca },
    };
  }

  #path(file: string): string {
    return path.join(this.#folder, file);
  }

  #openssl(name: string, options: readonly string[]): void {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'];
    const files = ['-keyout', this.#path(`${name}.key`), '-out', this.#path(`${name}.pem`)];
    const all = ['req', '-x509', '-days', '2', ...key, ...files, ...options];
    const { status, stderr } = spawnSync('openssl', all, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl: ${stderr}`);
  }
}
