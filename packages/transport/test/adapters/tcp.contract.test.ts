import { describeTransport } from '../../src/contract/index.ts';
import { TcpFixture } from '../support/tcp-fixture.ts';

describeTransport('TCP', () => new TcpFixture());
