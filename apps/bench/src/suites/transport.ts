import type { BenchCase, Contender, Sample, Suite } from '../suite.ts';
import { measureLatency, measureThroughput, type EchoClient } from '../transport/echo.ts';
import { openBare, openOurs } from '../transport/tcp-echo-client.ts';

const payload = new Uint8Array(100).fill(0x61);

/** Opens a client once, and measures on it again and again. */
function contender(
  name: string,
  open: () => Promise<EchoClient>,
  measure: (client: EchoClient) => Promise<Sample>,
): Contender {
  let client: EchoClient | undefined;
  return {
    name,
    setUp: async () => {
      client = await open();
    },
    run: () => {
      if (client === undefined) throw new Error('expected a client, got none');
      return measure(client);
    },
    tearDown: () => client?.close(),
  };
}

const throughput = async (client: EchoClient): Promise<Sample> => ({
  throughput: await measureThroughput(client, { payload, outstanding: 256, count: 200_000 }),
});

const latency = async (client: EchoClient): Promise<Sample> =>
  measureLatency(client, { payload, count: 5_000 });

const many: BenchCase = {
  name: 'TCP echo, 100 B, 256 outstanding',
  metrics: [{ name: 'throughput', unit: 'echoes/s', better: 'higher' }],
  ours: contender('TcpTransport', openOurs, throughput),
  peers: [
    contender('node:net, one write per turn', () => openBare('perTurn'), throughput),
    contender('node:net, the same in place', () => openBare('perTurnInPlace'), throughput),
    contender('node:net, one write per frame', () => openBare('perFrame'), throughput),
  ],
};

const one: BenchCase = {
  name: 'TCP echo, 100 B, 1 outstanding',
  metrics: [
    { name: 'p50', unit: 'us', better: 'lower' },
    { name: 'p99', unit: 'us', better: 'lower' },
  ],
  ours: contender('TcpTransport', openOurs, latency),
  peers: [
    contender('node:net, one write per frame', () => openBare('perFrame'), latency),
    contender('node:net, one write per turn', () => openBare('perTurn'), latency),
  ],
};

/** Header, checksum, names, queues and peers beside the least that a program can do. */
export const suite: Suite = {
  name: 'transport',
  description: 'What the TCP carrier costs over bare sockets, between two processes.',
  cases: [many, one],
};
