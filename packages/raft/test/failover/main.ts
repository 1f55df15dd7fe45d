/**
 * Prints how long a cluster is without a leader after one crashed, in election timeouts.
 *
 * ```text
 * pnpm --filter @quorate/raft failover [seeds] [failovers of each]
 * ```
 *
 * From the crash to the first commit of the next leader, while clients write; in virtual time, so
 * that it depends on nothing but the seeds.
 */
import {
  type Surroundings,
  failoverTimes,
  oneDataCentre,
  quantileOf,
  threeZones,
} from './experiment.ts';

const [seedCount = 50, failoverCount = 40] = process.argv.slice(2).map(Number);
const places: readonly (readonly [string, Surroundings])[] = [
  ['one data centre', oneDataCentre],
  ['three zones', threeZones],
];

console.log('| nodes | network         | failovers | p50  | p99  | worst |');
console.log('| ----- | --------------- | --------- | ---- | ---- | ----- |');
for (const nodeCount of [3, 5, 7]) {
  for (const [name, surroundings] of places) {
    const times: number[] = [];
    for (let seed = 0; seed < seedCount; seed += 1) {
      times.push(...(await failoverTimes({ seed, nodeCount, failoverCount, surroundings })));
    }
    const [p50, p99, worst] = [0.5, 0.99, 1].map((share) => quantileOf(times, share).toFixed(2));
    const cells = [String(nodeCount).padEnd(5), name.padEnd(15), String(times.length).padEnd(9)];
    console.log(`| ${cells.join(' | ')} | ${p50} | ${p99} | ${worst}  |`);
  }
}
