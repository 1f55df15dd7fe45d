import { nodeId, protocolName } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom, systemClock } from '@quorate/transport/system';
import { compare, VectorClock } from '@quorate/vector-clocks';
import { describe, expect, test } from 'vitest';

import { StampedTransport } from '../../src/observe/stamped-transport.ts';
import type { TraceEntry } from '../../src/observe/trace.ts';
import type { MessageContext } from '../../src/telemetry/telemetry.ts';

const protocol = protocolName('test');

/** Nodes on one network, and what happened on them. */
function stage(names: readonly string[], wallTimes: readonly number[]) {
  const network = new MemoryNetwork();
  const entries: TraceEntry[] = [];
  const nodes = names.map((name, index) => {
    const clock = { ...systemClock, wallTimeMs: () => wallTimes[index] ?? 0 };
    const inner = network.join(nodeId(name));
    const random = seededRandom(index);
    const transport = new StampedTransport(inner, {
      ...{ clock, random, isTraced: () => true },
      describe: (_, payload) => `message ${payload.join()}`,
      trace: (entry) => entries.push(entry),
    });
    return { inner, transport };
  });
  const clockOf = ({ clock }: TraceEntry): VectorClock => VectorClock.of(Object.entries(clock));
  return { nodes, entries, clockOf };
}

/** Until all that is on its way has arrived, and what that caused. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('stamped messages', () => {
  test('tell what came before what, whatever the clocks on the walls say', async () => {
    const { nodes, entries, clockOf } = stage(['a', 'b', 'c'], [90_000, 50_000, 70_000]);
    const [a, b, c] = nodes;
    b!.transport.subscribe(protocol, () => {
      b!.transport.send(nodeId('c'), protocol, Uint8Array.of(2));
    });
    c!.transport.subscribe(protocol, () => undefined);
    await settled();
    a!.transport.send(nodeId('b'), protocol, Uint8Array.of(1));
    c!.transport.send(nodeId('a'), protocol, Uint8Array.of(9));
    await settled();
    const path = ['a send 1', 'b receive 1', 'b send 2', 'c receive 2'].map((wanted) =>
      entries.find(
        ({ node, kind, type }) => `${node} ${kind} ${type.slice('message '.length)}` === wanted,
      )!,
    );
    for (const [index, entry] of path.entries()) {
      const before = path[index - 1];
      if (before === undefined) continue;
      expect(compare(clockOf(before), clockOf(entry))).toBe('before');
      const isLater =
        entry.wallMs > before.wallMs ||
        (entry.wallMs === before.wallMs && entry.counter > before.counter);
      expect(isLater, `${entry.node} ${entry.kind}`).toBe(true);
    }
    const aside = entries.find(({ type }) => type === 'message 9')!;
    expect(compare(clockOf(aside), clockOf(path[1]!))).toBe('concurrent');
  });

  test('that are none are counted, and nobody hears them', async () => {
    const { nodes } = stage(['a', 'b'], [0, 0]);
    const [a, b] = nodes;
    const heard: string[] = [];
    b!.transport.subscribe(protocol, ({ payload }) => heard.push(payload.join()));
    await settled();
    const good: Uint8Array[] = [];
    b!.inner.subscribe(protocolName('probe'), ({ payload }) => good.push(payload.slice()));
    a!.transport.send(nodeId('b'), protocolName('probe'), Uint8Array.of(7));
    await settled();
    const [whole] = good;
    for (let length = 0; length < whole!.length - 1; length += 1) {
      a!.inner.send(nodeId('b'), protocol, whole!.slice(0, length));
    }
    a!.inner.send(nodeId('b'), protocol, Uint8Array.of(3, ...whole!.slice(1)));
    a!.inner.send(nodeId('b'), protocol, whole!);
    await settled();
    expect(heard).toEqual(['7']);
    expect(b!.transport.malformedCount).toBe(whole!.length);
  });

  describe('on behalf of a request that is traced', () => {
    /** Headers that messages leave with, and those in whose name they were heard. */
    function traced() {
      const network = new MemoryNetwork();
      const heard: string[] = [];
      const sizes: number[] = [];
      let sent: string | undefined;
      let within = 'nothing';
      const context: MessageContext = {
        current: () => sent,
        within: (headers, action) => {
          within = headers;
          action();
          within = 'nothing';
        },
      };
      const open = (name: string, given: { readonly context?: MessageContext }) => {
        const random = seededRandom(1);
        const quiet = { isTraced: () => false, describe: () => '', trace: () => undefined };
        const inner = network.join(nodeId(name));
        inner.subscribe(protocolName('size'), ({ payload }) => sizes.push(payload.length));
        const options = { clock: systemClock, random, ...quiet, ...given };
        return new StampedTransport(inner, options);
      };
      const a = open('a', { context });
      const b = open('b', { context });
      const deaf = open('deaf', {});
      for (const node of [b, deaf]) {
        node.subscribe(protocol, ({ payload }) => {
          heard.push(`${node.localId} ${payload.join()} within ${within}`);
        });
      }
      const send = async (headers: string | undefined): Promise<void> => {
        sent = headers;
        for (const name of ['b', 'deaf']) a.send(nodeId(name), protocol, Uint8Array.of(7));
        a.send(nodeId('b'), protocolName('size'), Uint8Array.of(7));
        await settled();
      };
      return { send, heard, sizes };
    }

    test('bring its headers, to whoever traces and to whoever does not', async () => {
      const { send, heard } = traced();
      await settled();
      await send('traceparent: 00-é');
      await send(undefined);
      expect(heard).toEqual([
        ...['b 7 within traceparent: 00-é', 'deaf 7 within nothing'],
        ...['b 7 within nothing', 'deaf 7 within nothing'],
      ]);
    });

    test('leave headers behind that are too long', async () => {
      const { send, heard } = traced();
      await settled();
      await send('x'.repeat(342));
      expect(heard[0]).toBe('b 7 within nothing');
    });

    test('and no others take a byte more', async () => {
      const { send, sizes } = traced();
      await settled();
      for (const headers of [undefined, '', 'a: b']) await send(headers);
      const [plain = 0, empty, full] = sizes;
      expect([empty, full]).toEqual([plain, plain + 5]);
    });
  });
});
