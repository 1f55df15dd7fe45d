/** How a node is run, beside where: the same for all nodes of a cluster. */

/** What is told to an operator, the gravest first. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;

/** One of them. */
export type LogLevel = (typeof logLevels)[number];

/** Settings of a node. */
export interface NodeSettings {
  /** Whether faults may be injected at all, by whoever has the token. */
  readonly allowsFaults: boolean;
  /** 'batch': what is confirmed is on its way to the disk, see `batched-disk.ts`. */
  readonly fsync: 'always' | 'batch';
  /** Up to which level something is told. */
  readonly logLevel: LogLevel;
  /** How many nodes hold each board, 1..5, if there are as many. */
  readonly replicaCount: number;
}

/** Of a node on a machine of its own. */
export const defaultSettings: NodeSettings = {
  ...{ allowsFaults: false, fsync: 'always', logLevel: 'warn', replicaCount: 3 },
};

/** The settings as arguments of `demo node`. */
export function argumentsOfSettings(settings: NodeSettings): readonly string[] {
  const { allowsFaults, fsync, logLevel, replicaCount } = settings;
  return [
    ...(allowsFaults ? ['--chaos'] : []),
    ...[`--fsync=${fsync}`, `--log-level=${logLevel}`, `--replicas=${replicaCount}`],
  ];
}
