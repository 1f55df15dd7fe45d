/**
 * Who takes part and what clients may do, as the control plane says: three keys of the store, each
 * written as a whole, so that a change is one compare-and-set and its revision is its epoch.
 *
 * Until somebody writes one, the founders are the members, and there are no API keys and limits.
 */
import type { NodeId } from '@quorate/transport';

import type { ConfigStore } from './config-store.ts';

/** Keys of the store that the cluster itself reads. */
const clusterKeys = {
  members: 'cluster/members',
  apiKeys: 'cluster/api-keys',
  quotas: 'cluster/quotas',
} as const;

/** A node that holds boards. */
export interface Member {
  readonly id: string;
  /** Its share of the boards beside those of others, at least 0; 0 drains it. */
  readonly weight: number;
  /** Copies of a board are spread over zones. */
  readonly zone?: string;
}

/** Who may call, by the digest of a secret that is shown once. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly sha256: string;
  readonly role: 'client' | 'admin';
}

/** How much one API key may do. */
export interface Quota {
  /** An integer of at least 1. */
  readonly limit: number;
  readonly windowMs: number;
}

/** The members, and at which revision of the store they were written; 0 for the founders. */
export interface Membership {
  readonly epoch: number;
  readonly members: readonly Member[];
}

type Read = Pick<ConfigStore, 'get'>;

/** The members as of what `store` has applied. */
export function membershipOf(store: Read, founders: readonly NodeId[]): Membership {
  const stored = store.get(clusterKeys.members);
  const members = stored === undefined ? undefined : parseMembers(stored.value);
  if (stored !== undefined && members !== undefined) return { epoch: stored.revision, members };
  return { epoch: 0, members: founders.map((id) => ({ id, weight: 1 })) };
}

/** The API keys; undefined if there are none, and so anybody may call. */
export function apiKeysOf(store: Read): readonly ApiKey[] | undefined {
  const stored = store.get(clusterKeys.apiKeys);
  return stored === undefined ? undefined : (parseApiKeys(stored.value) ?? []);
}

/** The quota of an API key: its own, or that of `*`. */
export function quotaOf(store: Read, keyName: string): Quota | undefined {
  const stored = store.get(clusterKeys.quotas);
  const quotas = stored === undefined ? undefined : parseQuotas(stored.value);
  return quotas?.get(keyName) ?? quotas?.get('*');
}

/** Whether the cluster itself reads `key`. */
export function isClusterKey(key: string): boolean {
  return key.startsWith('cluster/');
}

/** Why `value` may not be written to `key`; undefined if it may. */
export function clusterKeyProblem(key: string, value: string): string | undefined {
  const parse = parsers.get(key);
  if (parse !== undefined) return parse(value) === undefined ? expectations.get(key) : undefined;
  return isClusterKey(key) ? `key: expected one of ${[...parsers.keys()].join(', ')}` : undefined;
}

const parsers = new Map<string, (value: string) => unknown>([
  [clusterKeys.members, parseMembers],
  [clusterKeys.apiKeys, parseApiKeys],
  [clusterKeys.quotas, parseQuotas],
]);

const expectations = new Map<string, string>([
  [clusterKeys.members, 'value: expected JSON like [{"id":"n1","weight":1}], no id twice'],
  [clusterKeys.apiKeys, 'value: expected JSON like [{"name":"ann","sha256":"…","role":"client"}]'],
  [clusterKeys.quotas, 'value: expected JSON like {"*":{"limit":100,"windowMs":1000}}'],
]);

function parseMembers(text: string): readonly Member[] | undefined {
  const members = listOf(text, (fields): Member | undefined => {
    const { id, weight = 1, zone } = fields;
    if (typeof id !== 'string' || !/^.{1,64}$/.test(id)) return undefined;
    if (typeof weight !== 'number' || !(weight >= 0 && weight <= 100)) return undefined;
    if (zone === undefined) return { id, weight };
    return typeof zone === 'string' ? { id, weight, zone } : undefined;
  });
  const ids = new Set(members?.map(({ id }) => id));
  return ids.size > 0 && ids.size === members?.length ? members : undefined;
}

function parseApiKeys(text: string): readonly ApiKey[] | undefined {
  return listOf(text, ({ name, sha256, role }): ApiKey | undefined => {
    if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) return undefined;
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    return role === 'client' || role === 'admin' ? { name, sha256, role } : undefined;
  });
}

function parseQuotas(text: string): ReadonlyMap<string, Quota> | undefined {
  const quotas = new Map<string, Quota>();
  for (const [name, value] of Object.entries(fieldsOf(parseJson(text)) ?? { '': undefined })) {
    const { limit, windowMs } = fieldsOf(value) ?? {};
    const isLimit = typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 1;
    if (!isLimit || typeof windowMs !== 'number') return undefined;
    if (!(windowMs >= 1 && windowMs <= 86_400_000)) return undefined;
    quotas.set(name, { limit, windowMs });
  }
  return quotas;
}

function listOf<Item>(
  text: string,
  parse: (fields: Readonly<Record<string, unknown>>) => Item | undefined,
): readonly Item[] | undefined {
  const list = parseJson(text);
  if (!Array.isArray(list)) return undefined;
  const items = list.map((entry: unknown) => parse(fieldsOf(entry) ?? {}));
  return items.every((item) => item !== undefined) ? items : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}
