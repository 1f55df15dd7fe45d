/** What is done to the running cluster by one request: its answer is the cluster afterwards. */
import type { ClusterView } from '../supervisor/cluster-view.ts';
import { ask } from './demo-client.ts';
import { required, type Word } from './command-spec.ts';
import { text } from './forms.ts';
import type { ExitCode, Shell } from './shell.ts';
import { viewText } from './view-text.ts';

/** The node that a command is about. */
export const nodeArgument: { readonly node: Word<string> } = {
  node: required(text('node', 'a node like n2'), 'Which one'),
};

/** Does it, and prints the cluster. */
export function act(
  options: { readonly control: string | undefined },
  request: { readonly path: string; readonly document?: unknown },
  shell: Shell,
): Promise<ExitCode> {
  const textOf = (body: string): string => viewText(JSON.parse(body) as ClusterView);
  return ask(options.control, { method: 'POST', ...request }, { shell, textOf });
}

/** The path of what is done to one node. */
export function nodePath(node: string, action: string): string {
  return `/api/nodes/${encodeURIComponent(node)}/${action}`;
}
