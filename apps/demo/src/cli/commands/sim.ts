import { command, type Command, flag, option } from '../command-spec.ts';
import { duration, oneOf, seeds, text, wholeNumber } from '../forms.ts';

const seedMax = 2 ** 32 - 1;

export const sim: Command = command({
  name: 'sim',
  group: 'Prove',
  summary: 'Play runs of the simulated cluster, one for each seed, in worker threads',
  details: [
    'What is promised must hold in each of them: keys linearizable, boards the same everywhere, ' +
      'nothing lost. The first run that breaks a promise goes into a file for `demo replay`; ' +
      'exit code 1.',
    'With --reads stale clients read from one node alone: a broken rule, to see that it is found.',
  ],
  examples: [
    ['sim --seeds 1..100 --faults radioactive', ''],
    ['sim --seed 42 --until-violation --faults flaky', 'on and on from seed 42'],
    ['sim --seed 42 --steps 200000 --faults radioactive', 'so many events'],
    ['sim --scenario partition --seeds 1..20', "a story, by other chances than the story's own"],
  ],
  options: {
    seed: option(wholeNumber('seed', 0, seedMax), 'The first one', '1'),
    seeds: option(seeds, 'All of them; in place of --seed'),
    for: option(duration(), 'Of load, in virtual time: 30s if left out; a scenario has its own'),
    steps: option(
      wholeNumber('count', 1, 1_000_000_000),
      'Events of the simulator under load, to the next virtual second; in place of --for',
    ),
    faults: option(oneOf('profile', ['calm', 'flaky', 'radioactive']), 'How much fails', 'flaky'),
    scenario: option(text('name'), 'Play this story; `demo scenario --list` says which'),
    untilViolation: flag('End at the first one; without --seeds go on until then'),
    reads: option(oneOf('mode', ['index', 'stale']), 'How clients read keys', 'index'),
    workers: option(wholeNumber('count', 1, 64), 'Threads; as many as processors if left out'),
    out: option(text('file'), 'Where the first failure goes', 'failing.json'),
  },
  run: async ({ options }, shell) => {
    const { availableParallelism } = await import('node:os');
    const { runSim } = await import('../sim/run-sim.ts');
    const { jobOf } = await import('../sim/job-of.ts');
    const { seed, untilViolation, workers, out: outFile } = options;
    const [first, last] = options.seeds ?? [seed, untilViolation ? seedMax : seed];
    const workerCount = workers ?? availableParallelism();
    const job = jobOf(options);
    const settings = { first, last, job, workerCount, outFile, endsAtViolation: untilViolation };
    return await runSim(settings, shell);
  },
});
