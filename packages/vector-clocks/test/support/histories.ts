import fc from 'fast-check';

/** One message of a history: who published it, and what that one had delivered. */
export interface Published {
  readonly name: string;
  readonly origin: number;
  readonly vector: Float64Array;
}

/**
 * What members published who heard of one another, in an order in which it may have happened: each
 * publishes now and then, and delivers what another has published, in causal order.
 */
export function historyOf(
  memberCount: number,
  turns: readonly { readonly who: number; readonly from: number }[],
): readonly Published[] {
  const history: Published[] = [];
  const known = Array.from({ length: memberCount }, () => new Float64Array(memberCount));
  for (const { who, from } of turns) {
    const vector = known[who % memberCount] ?? new Float64Array(memberCount);
    const source = history[from % Math.max(1, history.length)];
    // To have heard a message is to have heard all of its past.
    source?.vector.forEach((counter, index) => {
      if (index !== who % memberCount) vector[index] = Math.max(vector[index] ?? 0, counter);
    });
    const origin = who % memberCount;
    vector[origin] = (vector[origin] ?? 0) + 1;
    history.push({ name: `${origin}:${vector[origin]}`, origin, vector: vector.slice() });
  }
  return history;
}

/** Histories of up to `messageCountMax` messages among 1..5 members. */
export function histories(messageCountMax: number): fc.Arbitrary<{
  readonly memberCount: number;
  readonly history: readonly Published[];
}> {
  const turn = fc.record({ who: fc.nat(4), from: fc.nat(1_000) });
  return fc
    .record({
      memberCount: fc.integer({ min: 1, max: 5 }),
      turns: fc.array(turn, { maxLength: messageCountMax }),
    })
    .map(({ memberCount, turns }) => ({ memberCount, history: historyOf(memberCount, turns) }));
}
