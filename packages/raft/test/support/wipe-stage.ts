import type { FaultEvent, Scenario } from '@quorate/simulation';
import type { Random } from '@quorate/transport';

/** How long a node is down around a wipe at most, in ms. */
const DOWN_MS_MAX = 2_000;

/**
 * How many of `nodeCount` voters may lose their disks between them: two directories of one id must
 * meet a voter that remembers the first. What is left of a bare majority of its others, and whoever
 * was wiped or never asked, must not make another one. See src/node/identity.ts.
 */
function wipedMax(nodeCount: number): number {
  return nodeCount >= 5 && nodeCount % 2 === 1 ? 2 : 1;
}

/** Puts wiped disks into the scenarios that `stage` makes. */
export function wipeStage(
  stage: (random: Random, drawn: Scenario) => Scenario,
): (random: Random, drawn: Scenario) => Scenario {
  return (random, drawn) => {
    const scenario = stage(random, drawn);
    const ids = Array.from({ length: scenario.nodeCount }, (_, place) => `n${place + 1}`);
    const first = random.int(ids.length);
    const wiped = [...ids.slice(first), ...ids.slice(0, first)].slice(0, wipedMax(ids.length));
    const wipes = wiped.flatMap((node) => wipesOf(random, node, scenario.horizonMs));
    const faults = [...scenario.faults, ...wipes];
    return { ...scenario, faults: faults.sort((left, right) => left.atMs - right.atMs) };
  };
}

/** Once or twice, when there is something to forget. */
function wipesOf(random: Random, node: string, horizonMs: number): readonly FaultEvent[] {
  return Array.from({ length: 1 + random.int(2) }, () => {
    const atMs = Math.floor(horizonMs / 4) + random.int(Math.ceil(horizonMs * 0.7));
    return [
      { atMs, kind: 'crash', node, mode: 'power' },
      { atMs, kind: 'wipeDisk', node },
      { atMs: atMs + 1 + random.int(DOWN_MS_MAX), kind: 'restart', node },
    ] as const;
  }).flat();
}
