import { describeTransport } from '../../src/contract/index.ts';
import { MessagePortFixture } from '../support/message-port-fixture.ts';

describeTransport('MessagePort', () => new MessagePortFixture());
