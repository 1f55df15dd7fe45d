/**
 * Who takes part and what clients may do, as the control plane says: three keys of the store, each
 * written as a whole, so that a change is one compare-and-set and its revision is its epoch.
 *
 * Until somebody writes one, the founders are the members, and there are no API keys and limits.
 */
import * as v from 'valibot';

import { addressOf } from '../address.ts';
import { nodeName } from '../partition.ts';
import type { ConfigStore } from './config-store.ts';

/** Who the nodes of the cluster are. */
export const membersKey = 'cluster/members';
const apiKeysKey = 'cluster/api-keys';
const quotasKey = 'cluster/quotas';

/** Where other nodes reach one, as host:port. */
export const nodeAddress = v.pipe(
  v.string(),
  v.check((text) => addressOf(text) !== undefined, 'expected host:port'),
);

const memberSchema = v.object({
  id: nodeName,
  /** Its share of the boards beside those of others, at least 0; 0 drains it. */
  weight: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100)), 1),
  /** Copies of a board are spread over zones. */
  zone: v.optional(v.string()),
  /** Left out by founders: all nodes were started with the addresses of these. */
  address: v.optional(nodeAddress),
  /** Whether it has a vote, once it has caught up; it has, if left out. */
  votes: v.optional(v.boolean()),
  /** Whether it holds no boards yet, because it has no vote yet, or not the log. */
  isJoining: v.optional(v.boolean()),
});

const membersSchema = v.pipe(
  v.array(memberSchema),
  v.minLength(1),
  v.check((members) => new Set(members.map(({ id }) => id)).size === members.length),
);

/** Who may call, by the digest of a secret that is shown once. */
const apiKeySchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  /** SHA-256 of the secret, hexadecimal. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  role: v.picklist(['client', 'admin']),
});

/** How much one API key may do. */
const quotaSchema = v.object({
  limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  windowMs: v.pipe(v.number(), v.minValue(1), v.maxValue(86_400_000)),
});

const quotasSchema = v.pipe(
  v.custom<object>((value) => !Array.isArray(value)),
  v.record(v.string(), quotaSchema),
);

/** A node of the cluster. */
export type Member = v.InferOutput<typeof memberSchema>;
/** Who may call. */
export type ApiKey = v.InferOutput<typeof apiKeySchema>;
/** How much one API key may do. */
export type Quota = v.InferOutput<typeof quotaSchema>;

type Read = Pick<ConfigStore, 'get'>;

/** The members that a text names; undefined if it names none. */
export const parseMembers = (text: string): readonly Member[] | undefined =>
  parse(membersSchema, text);

/** The API keys; undefined if there are none, and so anybody may call. */
export function apiKeysOf(store: Read): readonly ApiKey[] | undefined {
  const stored = store.get(apiKeysKey);
  return stored === undefined ? undefined : (parse(v.array(apiKeySchema), stored.value) ?? []);
}

/** The quota of an API key: its own, or that of `*`. */
export function quotaOf(store: Read, keyName: string): Quota | undefined {
  const stored = store.get(quotasKey);
  const quotas = stored === undefined ? undefined : parse(quotasSchema, stored.value);
  return [keyName, '*']
    .map((name) => ownOf(quotas ?? {}, name))
    .find((quota) => quota !== undefined);
}

/** Whether the cluster itself reads `key`. */
export function isClusterKey(key: string): boolean {
  return key.startsWith('cluster/');
}

const clusterKeys = new Map<string, { schema: v.GenericSchema; expected: string }>([
  [membersKey, { schema: membersSchema, expected: '[{"id":"n1","weight":1}], no id twice' }],
  [
    apiKeysKey,
    { schema: v.array(apiKeySchema), expected: '[{"name":"ann","sha256":"…","role":"client"}]' },
  ],
  [quotasKey, { schema: quotasSchema, expected: '{"*":{"limit":100,"windowMs":1000}}' }],
]);

/** Why `value` may not be written to `key`; undefined if it may. */
export function clusterKeyProblem(key: string, value: string): string | undefined {
  if (!isClusterKey(key)) return undefined;
  const known = clusterKeys.get(key);
  if (known === undefined) return `key: expected one of ${[...clusterKeys.keys()].join(', ')}`;
  const isValid = parse(known.schema, value) !== undefined;
  return isValid ? undefined : `value: expected JSON like ${known.expected}`;
}

function parse<Value>(schema: v.GenericSchema<unknown, Value>, text: string): Value | undefined {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

function ownOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
