/**
 * Switches protections off, one at a time, and holds the catalogue of known bugs against it: the
 * scenario that a protection is there for must fail.
 *
 * ```text
 * pnpm --filter @quorate/raft mutate          all of them
 * pnpm --filter @quorate/raft mutate 04 21    those of some scenarios
 * ```
 *
 * Ends with an error if a mutation survives, or a scenario fails without any.
 */
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';
import { runScenario, type Verdict } from './run-mutation.ts';

const asked = process.argv.slice(2).filter((word) => word !== '--');
const chosen = mutations.filter(({ scenario }) => asked.length === 0 || asked.includes(scenario));
if (chosen.length === 0) {
  console.error('usage: pnpm --filter @quorate/raft mutate [number of a scenario] …');
  process.exit(2);
}

function wordsOn({ fails = [] }: Mutation, verdict: Verdict): string {
  if (verdict.kind === 'passed') return 'SURVIVED';
  if (verdict.kind === 'broken') return `BROKEN (${verdict.reason})`;
  const missing = fails.filter((name) => !verdict.tests.includes(name));
  return missing.length === 0 ? 'killed' : `SURVIVED (by: ${missing.join('; ')})`;
}

let badCount = 0;
for (const scenario of new Set(chosen.map((each) => each.scenario))) {
  const sound = await runScenario(scenario);
  if (sound.kind !== 'passed') badCount += 1;
  console.log(`${scenario} as it is: ${sound.kind === 'passed' ? 'passes' : 'FAILS'}`);
  for (const mutation of chosen.filter((each) => each.scenario === scenario)) {
    const words = wordsOn(mutation, await runScenario(scenario, mutation));
    if (words !== 'killed') badCount += 1;
    console.log(`${scenario} ${mutation.off}: ${words}`);
  }
}
console.log(`${chosen.length} mutations, ${badCount} failures`);
process.exitCode = badCount === 0 ? 0 : 1;
