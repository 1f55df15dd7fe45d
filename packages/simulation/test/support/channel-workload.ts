import {
  type Channel,
  type Codec,
  DecodeError,
  nodeId,
  openChannel,
  protocolName,
} from '@quorate/transport';

import { BrokenPromise, nodeIdsOf, type Workload } from '../../src/index.ts';

/** One message: its number, and as many bytes behind it as it likes, all of them the same. */
interface Numbered {
  readonly number: number;
  readonly sizeBytes: number;
}

const codec: Codec<Numbered> = {
  encode: ({ number, sizeBytes }) => {
    const bytes = new Uint8Array(4 + sizeBytes).fill(number & 0xff);
    new DataView(bytes.buffer).setUint32(0, number);
    return bytes;
  },
  decode: (bytes) => {
    if (bytes.length < 4) throw new DecodeError(`bytes: expected at least 4, got ${bytes.length}`);
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    const isWhole = bytes.subarray(4).every((byte) => byte === (number & 0xff));
    if (!isWhole) throw new DecodeError('bytes: expected one and the same');
    return { number, sizeBytes: bytes.length - 4 };
  },
};

/** What was sent, held against what arrives. */
class Ledger {
  /** By message, who sent what to whom. */
  readonly #sent = new Map<number, string>();
  /** By pair of lives, the last number that arrived. */
  readonly #last = new Map<string, number>();
  readonly #isOrdered: boolean;
  broken: BrokenPromise | undefined;
  arrivedCount = 0;

  constructor({ isOrdered }: { readonly isOrdered: boolean }) {
    this.#isOrdered = isOrdered;
  }

  /** The number of the next message. */
  enter(pair: string, sizeBytes: number): number {
    const number = this.#sent.size + 1;
    this.#sent.set(number, `${pair}, ${sizeBytes} bytes`);
    return number;
  }

  arrived(pair: string, lives: string, { number, sizeBytes }: Numbered): void {
    const shown = `${pair}, ${sizeBytes} bytes`;
    const sent = this.#sent.get(number);
    if (sent !== shown) this.broken ??= new BrokenPromise('as sent', `${shown}; sent: ${sent}`);
    const before = this.#last.get(lives) ?? 0;
    if (this.#isOrdered && number <= before) {
      this.broken ??= new BrokenPromise('in order, once', `${number} after ${before}, ${lives}`);
    }
    this.#last.set(lives, number);
    this.arrivedCount += 1;
  }
}

/** Nodes that send each other numbered messages over channels. */
export const channelWorkload: Workload = {
  name: 'channel',
  nodeCounts: { min: 2, max: 5 },
  drawOperation: (random, _index, nodeIds) => ({
    from: nodeIds[random.int(nodeIds.length)] ?? '',
    to: nodeIds[random.int(nodeIds.length)] ?? '',
    sizeBytes: random.int(2) === 0 ? 0 : random.int(2_000),
  }),
  describeMessage: (_protocol, payload) => {
    const { number, sizeBytes } = codec.decode(payload);
    return `number ${number}, ${sizeBytes} bytes`;
  },
  open(simulation, { nodeCount, network }) {
    const channels = new Map<string, Channel<Numbered>>();
    const ledger = new Ledger({ isOrdered: network.ordering === 'session' });
    let enough = Number.POSITIVE_INFINITY;

    for (const id of nodeIdsOf(nodeCount)) {
      simulation.addNode(nodeId(id), ({ transport, incarnation }) => {
        const channel = openChannel(transport, protocolName('numbers'), codec);
        channels.set(id, channel);
        channel.subscribe((from, message, delivery) => {
          const lives = `${from} #${delivery.incarnation} to ${id} #${incarnation}`;
          ledger.arrived(`${from} to ${id}`, lives, message);
        });
        return {};
      });
    }

    const send = (from: string, to: string, sizeBytes: number): void => {
      if (simulation.stateOf(nodeId(from)) !== 'running') return;
      const number = ledger.enter(`${from} to ${to}`, sizeBytes);
      channels.get(from)?.send(nodeId(to), { number, sizeBytes });
    };
    const sendAround = (core: readonly string[]): void => {
      for (const [place, from] of core.entries()) {
        send(from, core[(place + 1) % core.length] ?? from, 10);
      }
      simulation.clock.setTimer(500, () => sendAround(core));
    };
    return {
      begin: ({ from, to, sizeBytes }) => send(String(from), String(to), Number(sizeBytes)),
      check: () => {
        if (ledger.broken !== undefined) throw ledger.broken;
      },
      finish: () => {
        const malformed = [...channels].find(([, { malformedCount }]) => malformedCount > 0);
        if (malformed !== undefined) {
          throw new BrokenPromise('as sent', `malformed for ${malformed[0]}`);
        }
      },
      onCalm: (core) => {
        enough = ledger.arrivedCount + 3 * core.length;
        sendAround(core);
      },
      isRecovered: () => ledger.arrivedCount >= enough,
    };
  },
};
