import { measureIn } from '../documents/figure-process.ts';
import { scenarioNames } from '../documents/scenarios.ts';
import type { Contender, Metric, Suite } from '../suite.ts';

const metrics: readonly Metric[] = [
  { name: 'CPU', unit: 'ms', better: 'lower' },
  { name: 'bytes per update', unit: 'B', better: 'lower' },
  { name: 'size', unit: 'B', better: 'lower' },
  { name: 'CPU of load', unit: 'ms', better: 'lower' },
];

function contender(module: string, name: string, scenario: string): Contender {
  return { name, run: () => measureIn(module, { scenario }) };
}

/** The scenarios of crdt-benchmarks, each in a process of its own. */
export const suite: Suite = {
  name: 'crdts-bench',
  description: 'B1 to B3 of crdt-benchmarks: are documents as good where others publish figures?',
  cases: scenarioNames.map((name) => ({
    name,
    metrics,
    ours: contender('quorate-document', 'Document', name),
    peers: [
      contender('yjs', 'yjs 13.6.33', name),
      contender('json-joy', 'json-joy 17.67.0', name),
      contender('loro', 'loro-crdt 1.17.1', name),
      contender('automerge', 'automerge 3.5.0', name),
    ],
    runs: 3,
    warmUpRuns: 0,
  })),
};
