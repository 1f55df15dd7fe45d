/** `demo check` without a file: what the clients of the demo that runs saw until now. */
import type { BoardsReport } from '../../check/check-report.ts';
import { type DemoClient, problemText } from '../demo-client.ts';
import { type ExitCode, Failure, type Shell } from '../shell.ts';
import type { CheckSettings } from './check-history.ts';

type Asked = Pick<DemoClient, 'request'>;

const boardsTimeoutMs = 60_000;
const exitCodes = { kept: 0, broken: 1, pending: 2 } as const;

/** The history of keys that its load recorded. */
export function historyOf(demo: Asked): Pick<CheckSettings, 'name' | 'read'> {
  return {
    name: 'the history of the load',
    read: async () => {
      const { status, body } = await demo.request({ path: '/api/check/history' });
      if (status >= 300) throw new Failure(problemText(body));
      if (body === '') throw new Failure('nothing is recorded yet: demo load 50');
      return body;
    },
  };
}

/** Edits boards through every node, and looks whether all copies keep what is promised. */
export async function checkBoards(demo: Asked, shell: Shell): Promise<ExitCode> {
  shell.progress.show('editing boards, and waiting for all copies');
  const document = { kind: 'run', model: 'boards' };
  const request = { path: '/api/check', method: 'POST', document } as const;
  const { status, body } = await demo.request({ ...request, timeoutMs: boardsTimeoutMs });
  if (status >= 300) throw new Failure(problemText(body));
  const report = JSON.parse(body) as BoardsReport;
  if (shell.isJson) shell.print(JSON.stringify(report));
  else {
    const { verdict, boardCount, confirmedCount } = report;
    shell.print(`${verdict}: ${boardCount} boards, ${confirmedCount} edits confirmed`);
    for (const { name, standing, detail } of report.promises) {
      shell.print(`${name.padEnd(11)} ${standing.padEnd(7)} ${detail}`);
    }
  }
  return exitCodes[report.verdict];
}
