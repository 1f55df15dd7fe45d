/** The cluster at one moment, in lines of text. */
import { machineText } from '../machine-faults.ts';
import type { ClusterView, NodeView } from '../supervisor/cluster-view.ts';
import { textOf } from '../supervisor/link-faults.ts';
import { defaultMix, mixText } from '../supervisor/load-mix.ts';

/** One line a node, and what is wrong, and the load. */
export function viewText(view: ClusterView): string {
  const lines = view.nodes.map(nodeText);
  const cut = view.groups.map((group) => group.join(',')).join(' | ');
  if (cut !== '') lines.push(`partition: ${cut}`);
  const { links = [] } = view;
  if (links.length > 0) lines.push(`links: ${textOf(links)}`);
  for (const [id, machine] of Object.entries(view.machines ?? {})) {
    lines.push(`${id}: ${machineText(machine)}`);
  }
  const { ratePerSecond, mix = defaultMix, totals } = view.load;
  if (ratePerSecond > 0 || totals.checkedCount > 0) {
    const { acknowledgedCount, checkedCount, violationCount } = totals;
    lines.push(
      `load: ${ratePerSecond}/s, ${mixText(mix)}, ${acknowledgedCount} writes acknowledged, ` +
        `${checkedCount} answers checked, ${violationCount} violations`,
    );
  }
  return lines.join('\n');
}

function nodeText({ id, api, process, pid, status }: NodeView): string {
  const head = `${id}  ${process.padEnd(8)}  ${api}  pid ${String(pid ?? '-').padEnd(7)}`;
  if (!status) return head.trimEnd();
  const { role, term, commitIndex, lastLogIndex } = status.raft;
  const damaged = status.raft.damaged.length;
  const damage = damaged === 0 ? '' : `  ${damaged} damaged entries`;
  return (
    `${head}  ${role.padEnd(9)}  term ${term}  ` +
    `committed ${commitIndex} of ${lastLogIndex}  ` +
    `state ${status.store.digest}${damage}`
  );
}
