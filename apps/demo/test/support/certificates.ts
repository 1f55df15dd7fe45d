import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether tests with certificates have to be skipped here. */
export const isOpensslMissing = spawnSync('openssl', ['version']).status !== 0;
if (isOpensslMissing) console.warn('no openssl on the path: tests with certificates are skipped');

/** Certificates of `ids` by an authority of their own, in a directory that is the caller's. */
export function makeCertificates(ids: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-tls-'));
  const file = (name: string): string => join(directory, name);
  const make = (name: string, ...more: readonly string[]): void => {
    const { status, stderr } = spawnSync(
      'openssl',
      [
        ...['req', '-x509', '-noenc', '-days', '2', '-newkey', 'ec', '-subj', `/CN=${name}`],
        ...['-pkeyopt', 'ec_paramgen_curve:prime256v1', ...more],
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
  };
  make('ca');
  for (const id of ids) {
    const by = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')];
    make(id, '-addext', `subjectAltName=DNS:${id}`, ...by);
  }
  return directory;
}
