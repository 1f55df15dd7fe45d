import { describe, expect, test } from 'vitest';

import { certificateIdentity } from '../src/certificate-identity.ts';
import type { LinkSecurity } from '../src/link.ts';
import { nodeId } from '../src/node-id.ts';

const nothing = new Uint8Array(0);

function isVerified(
  id: string,
  security: Partial<LinkSecurity> | undefined,
  authentication = certificateIdentity(),
): unknown {
  return authentication.verify({
    claimedId: nodeId(id),
    proof: nothing,
    transcript: nothing,
    security: security && {
      isAuthorized: true,
      fingerprint: undefined,
      commonName: undefined,
      alternativeNames: undefined,
      binding: undefined,
      ...security,
    },
  });
}

describe('certificateIdentity', () => {
  test('takes a node for who its certificate names, and for nobody else', () => {
    const security = { alternativeNames: 'DNS:n1, IP Address:10.0.0.1, DNS:n1.example' };
    expect(isVerified('n1', security)).toBe(true);
    expect(isVerified('n1.example', security)).toBe(true);
    for (const other of ['n2', 'n', 'N1', 'n1.', '10.0.0.1', 'DNS:n1', 'n1, IP Address:10.0.0.1']) {
      expect(isVerified(other, security)).toBe(false);
    }
  });

  test('asks for the name that it is told', () => {
    const authentication = certificateIdentity((id) => `${id}.example`);
    const security = { alternativeNames: 'DNS:n1.example, DNS:n2' };
    expect(isVerified('n1', security, authentication)).toBe(true);
    expect(isVerified('n2', security, authentication)).toBe(false);
  });

  test.each<[what: string, security: Partial<LinkSecurity> | undefined]>([
    ['no TLS', undefined],
    ['no certificate', {}],
    ['a common name', { commonName: 'n1' }],
    ['an authority nobody trusts', { isAuthorized: false, alternativeNames: 'DNS:n1' }],
    ['a wildcard', { alternativeNames: 'DNS:*' }],
    ['another kind of name', { alternativeNames: 'URI:n1, email:n1' }],
    ['a name made to look like two', { alternativeNames: 'DNS:"x, DNS:n1, DNS:y"' }],
  ])('is not convinced by %s', (_what, security) => {
    expect(isVerified('n1', security)).toBe(false);
  });

  test('adds nothing to what TLS has shown', () => {
    expect(certificateIdentity().prove({ peer: nodeId('n1'), transcript: nothing })).toEqual(
      nothing,
    );
  });
});
