import { afterAll, beforeAll, describe } from 'vitest';

import { certificateIdentity } from '../../src/certificate-identity.ts';
import { describeTransport } from '../../src/contract/index.ts';
import { TcpFixture } from '../support/tcp-fixture.ts';
import { opensslIsMissing, TestAuthority } from '../support/test-authority.ts';
import { mutualTls } from '../support/test-tls.ts';

describeTransport('TCP with TLS', () => new TcpFixture(() => ({ tls: mutualTls })));

describe.skipIf(opensslIsMissing)('with an authority', () => {
  let authority: TestAuthority;
  beforeAll(() => {
    authority = new TestAuthority();
  });
  afterAll(() => authority[Symbol.dispose]());

  describeTransport(
    'TCP with a certificate for each node',
    () =>
      new TcpFixture((id) => ({
        tls: authority.issue(id),
        authentication: certificateIdentity(),
      })),
  );
});
