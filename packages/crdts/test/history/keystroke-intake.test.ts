import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import { KeystrokeIntake } from '../../src/history/keystroke-intake.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { writeEdit } from '../../src/wire/edit-writer.ts';
import { seal } from '../../src/wire/seal.ts';

/** Ids as `randomReplicaId` makes them: others have no short form. */
const ann = 'ann-0000';
const bob = 'bob-0000';

/** Ann's "ab" has arrived; `typed` are her next keystrokes as updates. */
function story() {
  const hers = new TextDocument({ replicaId: ann });
  const typed: Uint8Array[] = [];
  hers.onLocalUpdate((update) => typed.push(update));
  for (const [at, letter] of ['a', 'b', 'c', 'd'].entries()) hers.insert(at, letter);
  hers.delete(1, 2);
  const graph = new CausalGraph();
  const log = new OperationLog(graph);
  graph.appendLocal(graph.replicaIndex(ann), 2);
  log.appendInsert(ROOT, 0, 2, log.text.append('ab'));
  const [, , third = new Uint8Array(0), fourth = third, deletion = third] = typed;
  return { graph, log, intake: new KeystrokeIntake(graph, log, bob), third, fourth, deletion };
}

function runsOf(log: OperationLog): readonly (readonly number[])[] {
  return Array.from({ length: log.runCount }, (_, run) => [
    log.kind(run),
    log.end(run),
    log.a(run),
    log.b(run),
  ]);
}

describe('KeystrokeIntake', () => {
  it('appends the next keystrokes of somebody who is known', () => {
    const { graph, log, intake, third, fourth, deletion } = story();
    for (const update of [third, fourth, deletion]) expect(intake.take(update, 0)).toBe(true);
    expect(graph.eventCount).toBe(6);
    expect(graph.nextSequence(0)).toBe(6);
    expect(log.eventCount).toBe(6);
    expect(log.runCount).toBe(2);
    expect(log.text.slice(0, 9)).toBe('abcd');
    expect(log.a(1)).toBe(1);
  });

  it('leaves alone what is known, too early, trimmed, of itself or of others', () => {
    const { graph, log, intake, third, fourth } = story();
    expect(intake.take(fourth, 0)).toBe(false);
    expect(intake.take(third, 3)).toBe(false);
    expect(new KeystrokeIntake(graph, log, ann).take(third, 0)).toBe(false);
    const elsewhere = new CausalGraph();
    const other = new KeystrokeIntake(elsewhere, new OperationLog(elsewhere), bob);
    expect(other.take(third, 0)).toBe(false);
    expect(intake.take(third, 0)).toBe(true);
    expect(intake.take(third, 0)).toBe(false);
    expect(graph.eventCount).toBe(3);
  });

  it('leaves alone what says more than it has to', () => {
    const { intake, third } = story();
    // One parent, the event before it of its own, as if nothing had been said.
    const said = [third[0]! | 2, ...third.subarray(1, 8), 1, 2, 120];
    expect(intake.take(seal(Uint8Array.from(said)), 0)).toBe(false);
    const still = [third[0]! | 8, ...third.subarray(1, 8), 0, 120];
    expect(intake.take(seal(Uint8Array.from(still)), 0)).toBe(false);
    expect(intake.take(third, 0)).toBe(true);
  });

  it('leaves alone what is damaged', () => {
    const { graph, intake, third } = story();
    for (let bit = 0; bit < 8 * third.length; bit += 1) {
      const damaged = third.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(intake.take(damaged, 0)).toBe(false);
    }
    for (let size = 0; size < third.length; size += 1) {
      expect(intake.take(third.slice(0, size), 0)).toBe(false);
    }
    expect(graph.eventCount).toBe(2);
  });

  it('refuses positions before the text and far behind any', () => {
    const { graph, log, intake, third } = story();
    const forged = (distance: readonly number[]): Uint8Array =>
      seal(Uint8Array.of(third[0]! | 8, ...third.subarray(1, 8), ...distance, 120));
    expect(() => intake.take(forged([5]), 0)).toThrow(CorruptBytesError);
    expect(graph.eventCount).toBe(2);
    graph.appendLocal(0, 1);
    log.appendInsert(ROOT, 2 ** 30, 1, log.text.append('x'));
    const next = Uint8Array.of(third[0]! | 8, ...third.subarray(1, 7), 3, 2, 120);
    expect(() => intake.take(seal(next), 0)).toThrow(CorruptBytesError);
    expect(log.eventCount).toBe(3);
  });

  it('has graph and log agree, whatever a forged keystroke says', () => {
    const byte = fc.oneof(fc.nat(4), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        // The form and the kind, then what else follows.
        fc.constantFrom(0b1001_0000, 0b1011_0000, 0b1101_0000, 0b1111_0000, 0b1000_0000),
        fc.constantFrom(0, 0, 0b1000, 0b0100, 0b1100, 0b0010, 0b0110, 0b1110, 0b0001),
        fc.oneof(fc.constant(2), fc.nat(4)),
        fc.array(byte, { maxLength: 6, size: 'max' }),
        (form, more, sequence, rest) => {
          const { graph, log, intake, third } = story();
          const content = Uint8Array.of(form | more, ...third.subarray(1, 7), sequence, ...rest);
          let isTaken = false;
          try {
            isTaken = intake.take(seal(content), 0);
          } catch (error) {
            expect(error).toBeInstanceOf(CorruptBytesError);
          }
          expect(log.eventCount).toBe(graph.eventCount);
          expect(graph.eventCount > 2).toBe(isTaken);
          if (!isTaken) return;
          // What was taken is written and taken again; one deletion goes neither way.
          const written = seal(writeEdit(graph, log, 2, graph.eventCount) ?? content);
          expect(written).toHaveLength(content.length + 2);
          const again = story();
          expect(again.intake.take(written, 0)).toBe(true);
          expect(runsOf(again.log)).toEqual(runsOf(log));
        },
      ),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 2_000) },
    );
  });
});
