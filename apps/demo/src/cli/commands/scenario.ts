import { command, type Command, flag, option } from '../command-spec.ts';
import { seeds, text } from '../forms.ts';

export const scenario: Command = command({
  name: 'scenario',
  group: 'Prove',
  summary: 'Play a story in virtual time, and hold it to its claims',
  examples: [
    ['scenario --list', 'which there are'],
    ['scenario partition --seeds 1..20', ''],
  ],
  args: { name: option(text('name'), 'Of a scenario; all of them if left out') },
  options: {
    seeds: option(seeds, 'Play it with each of them', '1'),
    list: flag('Only say which there are'),
  },
  run: async ({ args, options }, shell) => {
    const { runScenarios } = await import('../run-scenarios.ts');
    const [firstSeed, lastSeed] = options.seeds;
    return await runScenarios(
      { name: args.name, isList: options.list, firstSeed, lastSeed },
      shell,
    );
  },
});
