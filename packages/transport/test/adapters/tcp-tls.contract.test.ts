import { describeTransport } from '../../src/contract/index.ts';
import { TcpFixture } from '../support/tcp-fixture.ts';
import { mutualTls } from '../support/test-tls.ts';

describeTransport('TCP with TLS', () => new TcpFixture({ tls: mutualTls }));
