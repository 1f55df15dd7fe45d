import fc from 'fast-check';

import type { TraceEvent } from '../../src/trace/trace-event.ts';
import { TraceRecorder } from '../../src/trace/trace-recorder.ts';
import type { VectorClock } from '../../src/vector-clock.ts';

/** A trace, and which of its events follows directly upon which: its process, or a message. */
export interface KnownTrace {
  readonly events: readonly TraceEvent[];
  /** Pairs of places in `events`. */
  readonly steps: readonly (readonly [before: number, after: number])[];
}

interface Turn {
  readonly who: number;
  readonly receives: boolean;
  readonly message: number;
}

function traceOf(hosts: readonly string[], turns: readonly Turn[]): KnownTrace {
  const recorders = hosts.map((host) => new TraceRecorder(host));
  const sent: { readonly clock: VectorClock; readonly place: number }[] = [];
  const events: TraceEvent[] = [];
  const last = new Map<TraceRecorder, number>();
  const steps: (readonly [number, number])[] = [];
  for (const { who, receives, message } of turns) {
    const recorder = recorders[who % recorders.length];
    if (recorder === undefined) continue;
    const place = events.length;
    const from = sent[message % Math.max(1, sent.length)];
    if (receives && from !== undefined) {
      recorder.receive(`${place} hears ${from.place}`, from.clock);
      steps.push([from.place, place]);
    } else {
      sent.push({ clock: recorder.send(`${place} says`), place });
    }
    const before = last.get(recorder);
    if (before !== undefined) steps.push([before, place]);
    last.set(recorder, place);
    events.push(...recorder.events.slice(-1));
  }
  return { events, steps };
}

const hostile = ['a', '__proto__', 'constructor', 'b c', '%20', '<&">', '😀', '\u0001', 'z\n'];

/** Traces of up to 40 events among 1..5 processes with odd names. */
export const traces: fc.Arbitrary<KnownTrace> = fc
  .record({
    hosts: fc.uniqueArray(fc.constantFrom(...hostile), { minLength: 1, maxLength: 5 }),
    turns: fc.array(fc.record({ who: fc.nat(4), receives: fc.boolean(), message: fc.nat(99) }), {
      maxLength: 40,
    }),
  })
  .map(({ hosts, turns }) => traceOf(hosts, turns));
