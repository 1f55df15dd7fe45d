import type { NodeId } from '../node-id.ts';
import { protocolName } from '../protocol-name.ts';
import type { Transport } from '../transport.ts';

const protocol = protocolName('contract.marker');

/** Turns to wait for a marker that may never come: its way is full, cut or stalled. */
const TURNS_MAX = 200;

/**
 * `settle` for carriers in real time that keep order: sends a marker on every way and waits until
 * it comes out at the other end, behind everything sent before.
 */
export class Markers {
  readonly #nextTurn: () => Promise<void>;
  /** The last marker seen, by `from>to`. */
  readonly #seen = new Map<string, number>();
  #round = 0;

  /** @param nextTurn - Resolves in a later turn of the event loop, after I/O was looked at. */
  constructor(nextTurn: () => Promise<void>) {
    this.#nextTurn = nextTurn;
  }

  /** Listens for markers at `transport`. To be called once for each. */
  watch(transport: Transport): void {
    transport.subscribe(protocol, ({ from, payload }) => {
      const round = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
      this.#seen.set(wayOf(from, transport.localId), round);
    });
  }

  /** Returns when the ways between `transports` are empty, or seem to be blocked. */
  async settle(transports: readonly Transport[]): Promise<void> {
    this.#round += 1;
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, this.#round);
    const unsent = transports.flatMap((from) => transports.map((to) => ({ from, to })));
    const waiting = new Set<string>();
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      for (const { from, to } of unsent.splice(0)) {
        if (from.send(to.localId, protocol, payload) === 'dropped') unsent.push({ from, to });
        else waiting.add(wayOf(from.localId, to.localId));
      }
      await this.#nextTurn();
      for (const way of waiting) if (this.#seen.get(way) === this.#round) waiting.delete(way);
      if (waiting.size === 0 && (unsent.length === 0 || turn > TURNS_MAX / 10)) return;
    }
  }
}

function wayOf(from: NodeId, to: NodeId): string {
  return `${from}>${to}`;
}
