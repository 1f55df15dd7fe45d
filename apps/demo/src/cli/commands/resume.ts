import { command, type Command, option } from '../command-spec.ts';
import { act, nodePath } from '../control-action.ts';
import { controlOptions } from '../demo-client.ts';
import { text } from '../forms.ts';

export const resume: Command = command({
  name: 'chaos resume',
  aliases: ['resume'],
  group: 'Break',
  summary: 'Let a paused node go on (SIGCONT)',
  examples: [
    ['resume', 'all that are paused'],
    ['resume n3', 'this one'],
  ],
  args: { node: option(text('node', 'a node like n2'), 'Which one; all of them if left out') },
  options: controlOptions,
  run: ({ args: { node }, options }, shell) => {
    const path = node === undefined ? '/api/resume' : nodePath(node, 'resume');
    return act(options, { path }, shell);
  },
});
