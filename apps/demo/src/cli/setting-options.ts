/** Options of `demo up` and `demo node` for how nodes are run. */
import { logLevels, type NodeSettings } from '../runtime/node-settings.ts';
import { option } from './command-spec.ts';
import { oneOf, wholeNumber } from './forms.ts';

/** All but whether faults are allowed, which the two say in their own ways. */
export const settingOptions = {
  replicas: option(wholeNumber('count', 1, 5), 'Nodes that hold each board', '3'),
  fsync: option(
    oneOf('when', ['always', 'batch']),
    'Sync before anything is confirmed, or ten times a second: a machine that loses power then ' +
      'forgets up to 100 ms',
    'always',
  ),
  logLevel: option(oneOf('level', logLevels), 'What nodes tell on standard error', 'warn'),
} as const;

/** What the options say. */
export function settingsOf(
  options: {
    readonly replicas: number;
    readonly fsync: NodeSettings['fsync'];
    readonly logLevel: NodeSettings['logLevel'];
  },
  faults: 'allowed' | 'refused',
): NodeSettings {
  const { replicas: replicaCount, fsync, logLevel } = options;
  return { allowsFaults: faults === 'allowed', fsync, logLevel, replicaCount };
}
