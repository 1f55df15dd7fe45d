/** `demo watch board/ID`: a copy of the board that follows those of the nodes. */
import { fromBase64 } from '../../base64.ts';
import { openBoard, viewOf } from '../../board/board.ts';
import type { DemoClient } from '../demo-client.ts';
import { follow } from '../follow.ts';
import type { Shell } from '../shell.ts';
import { boardPath, nodesToAsk } from './board-path.ts';
import { boardLines, changedLines } from './board-text.ts';

/** What a node tells of a board. */
interface BoardNews {
  readonly updates: readonly string[];
  readonly version: string;
}

/** Prints what changes, until Ctrl-C. */
export async function watchBoard(
  watched: {
    readonly demo: Pick<DemoClient, 'stream' | 'view'>;
    readonly node: string | undefined;
    readonly id: string;
  },
  shell: Pick<Shell, 'print' | 'note' | 'foreign' | 'isJson' | 'interrupted'>,
): Promise<void> {
  const { demo, node, id } = watched;
  // It never writes, so its name does not matter.
  const board = openBoard('watcher');
  let version = '';
  let lines: readonly string[] = [];
  let attempt = 0;
  await follow(demo, {
    signal: shell.interrupted,
    path: async () => {
      const nodes = nodesToAsk(await demo.view(), node);
      const asked = nodes[attempt % Math.max(1, nodes.length)] ?? 'n1';
      attempt += 1;
      return boardPath(asked, id, `/events?${new URLSearchParams({ since: version }).toString()}`);
    },
    onData: (data) => {
      const news = JSON.parse(data) as BoardNews;
      board.applyAll(news.updates.map(fromBase64));
      version = news.version;
      const view = viewOf(board);
      const now = boardLines(view);
      const changed = changedLines(lines, now);
      lines = now;
      if (shell.isJson) shell.print(JSON.stringify({ ...view, version }));
      else for (const line of changed) shell.print(shell.foreign(line));
    },
    onGap: (reason) => shell.note(`board/${id}: ${reason}; taken up again`),
  });
}
