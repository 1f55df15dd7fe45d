import { modelNames } from '../check/model-names.ts';
import { command, type Command, Misuse, option } from '../command-spec.ts';
import { controlOptions, DemoClient } from '../demo-client.ts';
import { duration, oneOf, text } from '../forms.ts';

export const check: Command = command({
  name: 'check',
  group: 'Prove',
  summary: 'Whether what clients saw is linearizable: of the demo that runs, or in a file',
  details: [
    'Exit codes: 0 linearizable, 1 not, 2 unknown, or no history. With --model boards it edits ' +
      'boards of the demo through every node, and looks whether all copies keep what is promised.',
    'A file has an operation a line: packages/linearizability/HISTORY-FORMAT.md.',
  ],
  examples: [
    ['check', 'keys under the load of the demo that runs'],
    ['check --model boards', ''],
    ['check history.jsonl --html report.html', 'as `demo chaos` left it'],
    ['check other.jsonl --model kv --timeout 30s', 'of any key-value store'],
  ],
  args: { history: option(text('file'), 'A file; of the demo that runs, if left out') },
  options: {
    model: option(oneOf('model', modelNames), 'What it is held to', 'config'),
    html: option(text('file'), 'Leave a page there that shows it'),
    timeout: option(duration(), 'Unknown after that', '30s'),
    ...controlOptions,
  },
  run: async ({ args: { history }, options }, shell) => {
    const { checkHistory, fileOf } = await import('../check/check-history.ts');
    const { model, html: htmlFile, timeout: timeoutMs } = options;
    if (history !== undefined) {
      if (model === 'boards')
        throw new Misuse('--model: boards are checked on the demo, not in a file');
      return await checkHistory({ ...fileOf(history), model, htmlFile, timeoutMs }, shell);
    }
    if (model !== 'config' && model !== 'boards') {
      throw new Misuse(`--model: expected config or boards of the demo that runs, got ${model}`);
    }
    const { checkBoards, historyOf } = await import('../check/check-demo.ts');
    const demo = new DemoClient(options.control);
    try {
      if (model === 'boards') return await checkBoards(demo, shell);
      return await checkHistory(
        { ...historyOf(demo), model: 'window', htmlFile, timeoutMs },
        shell,
      );
    } finally {
      demo.close();
    }
  },
});
