import type { PlaySeed, SeedPlayed } from '../dashboard/check/seed-messages.ts';
import { formatLink, parseLink } from '../sim/run-link.ts';
import { scenarios } from './index.ts';
import { freePlayUntil, runSeeds } from './run-seeds.ts';

/** A cluster to play with is played for as long, in ms, with another seed at least. */
const FREE_MS_MIN = 5_000;

/** Plays the run of a link with another seed. @throws RangeError if the link has no run. */
export async function playSeed({ link, seed }: Omit<PlaySeed, 'kind'>): Promise<SeedPlayed> {
  const parsed = parseLink(`?${link}`);
  if (parsed.kind !== 'plan') throw new RangeError(`link: expected a run, got ${link}`);
  const { plan } = parsed;
  const untilMs = Math.max(FREE_MS_MIN, plan.atMs);
  const named = scenarios.find(({ name }) => name === plan.scenario);
  const scenario = named ?? freePlayUntil(untilMs);
  let played: SeedPlayed | undefined;
  await runSeeds(
    scenario,
    [seed],
    ({ holds, judgements, endMs }) => {
      const broken = judgements.filter((judgement) => !judgement.holds);
      const atMs = named === undefined ? untilMs : endMs;
      played = {
        ...{ kind: 'played', seed, holds },
        detail: broken.map(({ claim, detail }) => `${claim.kind}: ${detail}`).join('; '),
        link: formatLink({ ...plan, seed, atMs }),
      };
    },
    { inputs: plan.inputs, ...(plan.faults && { faults: plan.faults }) },
  );
  if (played === undefined) throw new RangeError('seeds: expected a result, got none');
  return played;
}
