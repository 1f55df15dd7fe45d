import type { BenchCase, Sample, Suite } from '../suite.ts';
import { measureLatency, measureThroughput, type EchoClient } from '../transport/echo.ts';
import { echoContender } from '../transport/echo-contender.ts';
import { openBareToWorker, openOursToWorker } from '../transport/port-echo-client.ts';

const payload = new Uint8Array(100).fill(0x61);

/** Long enough to be timed: somebody fast needs more echoes than somebody slow. */
const throughput =
  (count: number) =>
  async (client: EchoClient): Promise<Sample> => ({
    throughput: await measureThroughput(client, { payload, outstanding: 256, count }),
  });

const latency = async (client: EchoClient): Promise<Sample> =>
  measureLatency(client, { payload, count: 5_000 });

const many: BenchCase = {
  name: 'worker echo, 100 B, 256 outstanding',
  metrics: [{ name: 'throughput', unit: 'echoes/s', better: 'higher' }],
  ours: echoContender('MessagePortTransport', openOursToWorker, throughput(1_000_000)),
  peers: [
    echoContender(
      'bare port, one moved buffer per turn',
      () => openBareToWorker('perTurn'),
      throughput(1_000_000),
    ),
    echoContender(
      'bare port, one post per message',
      () => openBareToWorker('perMessage'),
      throughput(100_000),
    ),
  ],
};

const one: BenchCase = {
  name: 'worker echo, 100 B, 1 outstanding',
  metrics: [
    { name: 'p50', unit: 'us', better: 'lower' },
    { name: 'p99', unit: 'us', better: 'lower' },
  ],
  ours: echoContender('MessagePortTransport', openOursToWorker, latency),
  peers: [
    echoContender('bare port, one post per message', () => openBareToWorker('perMessage'), latency),
    echoContender(
      'bare port, one moved buffer per turn',
      () => openBareToWorker('perTurn'),
      latency,
    ),
  ],
};

/** Header, names, queues, credit and peers beside the least that a program can do. */
export const suite: Suite = {
  name: 'message-port',
  description: 'What the MessagePort carrier costs over bare ports, between two threads.',
  cases: [many, one],
};
