/**
 * Who may import whom: ARCHITECTURE.md's table as data. A new algorithm package needs one line in
 * `edges`; the rules that read this file need none.
 */

/** What a file is for, read from where it lies. */
export type Role =
  | 'core' // packages/<name>/src: deterministic
  | 'edge' // packages/<name>/src: the one place of an algorithm that speaks through ports
  | 'adapter' // packages/<name>/src/{adapters,bindings}: the machine's clock, network and disk
  | 'contract' // packages/<name>/src/contract: a published test suite
  | 'test' // packages/<name>/{test,bench,browser}
  | 'app' // apps/<name>
  | 'tool'; // tools/ and the config files of the root

/** Where a file stands. */
export interface Place {
  readonly role: Role;
  /** The package's folder name, or the app's; empty for tools. */
  readonly home: string;
}

/** The packages that are ground for others, and what their `src` may import of ours. */
export const grounds: Readonly<Record<string, readonly string[]>> = {
  hash: [],
  transport: [],
  storage: ['transport'],
  simulation: ['transport', 'storage'],
  linearizability: [],
};

/** The edge of every algorithm, below its `src`. A trailing slash names a folder. */
const edges: Readonly<Record<string, readonly string[]>> = {
  raft: [
    'create-raft-node.ts',
    'raft-node.ts',
    'multi/',
    'node/',
    'sessions/node/',
    'metrics/node/',
    'kv/node/',
  ],
  crdts: ['replicator/', 'persistence/'],
  'vector-clocks': ['broadcast/', 'durable/'],
  'consistent-hashing': ['sharding/'],
  'bloom-filter': ['reconciliation/', 'redis/'],
  'rate-limiter': [
    'coarse-clock.ts',
    'key-limiter.ts',
    'store.ts',
    'local-store.ts',
    'rate-limiter.ts',
    'shared-rate-limiter.ts',
    'waiting/',
    'redis/',
    'cluster/',
    'http/',
    'telemetry/',
  ],
  'circuit-breaker': [
    'circuit-breaker.ts',
    'circuit-breaker-options.ts',
    'circuit-breaker-registry.ts',
    'guarded-calls.ts',
    'half-open-timer.ts',
    'reject-soon.ts',
    'policy.ts',
    'policies/',
    'guard/',
    'http/',
    'telemetry/',
  ],
  'phi-accrual': ['monitor/'],
};

/** Folders of adapters besides `adapters/`: what binds an algorithm to editors and elements. */
const adapterFolders: readonly string[] = ['adapters/', 'bindings/'];

/** What the tests of an algorithm run its adapters against: the real clients and frameworks. */
export const testPeers: Readonly<Record<string, readonly string[]>> = {
  'bloom-filter': ['ioredis', 'redis'],
  'circuit-breaker': ['undici', '@opentelemetry'],
  crdts: ['@codemirror', 'loro-crdt', 'yjs'],
  'rate-limiter': [
    'ioredis',
    'redis',
    'express',
    'fastify',
    'hono',
    '@hono',
    'structured-headers',
    '@opentelemetry',
  ],
  transport: ['ws', 'hono', '@hono', '@nats-io'],
};

/** Entry points that an edge may use at run time: ports, their helpers, the system defaults. */
export const edgeRuntimeEntries: readonly string[] = [
  '@quorate/transport',
  '@quorate/transport/codec',
  '@quorate/transport/system',
  '@quorate/storage',
];

/** The one shared runtime kit: bounded reading and writing of bytes, for codecs and storage. */
export const codecKit = '@quorate/transport/codec';

/** Pure functions from bytes to bits, which any algorithm may use (decision 0007). */
export const hashFunctions = '@quorate/hash';

/** The only way to an id: a codec calls it on what it has read. */
export const brandConstructors: ReadonlySet<string> = new Set(['nodeId', 'protocolName']);

/** Ports that act on the world. A core may not even name them; an edge exists to. */
export const portNames: ReadonlySet<string> = new Set([
  'Channel',
  'Clock',
  'Delivery',
  'Disk',
  'DiskFile',
  'Requester',
  'SnapshotStore',
  'Transport',
  'WriteAheadLog',
]);

/** Where the algorithms meet in the demo, and what it is made of. */
export const meetingPlace = {
  app: 'apps/demo/src/',
  folder: 'apps/demo/src/node/',
  /** Without comments and blank lines: what can be read in an afternoon. */
  codeLinesMax: 2_000,
  /** What does not know the place: it is put together there. */
  madeOf: ['board', 'config', 'http', 'observe', 'operations'].map(
    (part) => `apps/demo/src/${part}/`,
  ),
} as const;

/** The place of the file at `path`; `undefined` outside packages, apps, tools and the root. */
export function placeOf(path: string): Place | undefined {
  const [area = '', home = '', part = '', ...rest] = path.split('/');
  if (area === 'apps') return { role: 'app', home };
  if (area === 'tools' || home === '') return { role: 'tool', home: '' };
  if (area !== 'packages') return undefined;
  if (part !== 'src') return { role: 'test', home };
  const below = rest.join('/');
  if (adapterFolders.some((folder) => below.startsWith(folder))) return { role: 'adapter', home };
  if (below.startsWith('contract/')) return { role: 'contract', home };
  return { role: isEdge(home, below) ? 'edge' : 'core', home };
}

function isEdge(home: string, below: string): boolean {
  return (edges[home] ?? []).some((edge) =>
    edge.endsWith('/') ? below.startsWith(edge) : below === edge,
  );
}

/** Whether `home` is an algorithm: everything that is not ground. */
export function isAlgorithm(home: string): boolean {
  return !Object.hasOwn(grounds, home);
}
