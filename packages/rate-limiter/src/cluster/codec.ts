/*
 * The bytes of what nodes ask owners, and of what these answer.
 *
 * A version and a kind, one byte each, then the fields in the order below; numbers as varints,
 * times in whole microseconds, rounded up. Keys may be any text, lone surrogates included, which
 * UTF-8 cannot express: those are written as their code units, or two keys would meet.
 */
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { assertPolicy, type RatePolicy } from '../policy.ts';
import type { ClusterReply, ClusterRequest, LeaseGranted, LeaseLimited } from './messages.ts';

const VERSION = 1;

/** Characters of a key, and bytes of one: three for each. */
const KEY_LENGTH_MAX = 10_240;
const KEY_BYTES_MAX = 3 * KEY_LENGTH_MAX;
const NAME_BYTES_MAX = 64;
const COST_MAX = 2 ** 31 - 1;
/** 6,515 days: more than any policy takes to be full again. */
const TIME_US_MAX = 2 ** 49;

const requestKinds = { lease: 1, giveBack: 2, block: 3, reset: 4 } as const;
const replyKinds = { granted: 1, limited: 2, notOwner: 3, done: 4 } as const;
const policyKinds = [
  'gcra',
  'tokenBucket',
  'fixedWindow',
  'slidingWindowLog',
  'slidingWindowCounter',
] as const;
const anchors = ['aligned', 'firstRequest'] as const;
const reasons = ['limitReached', 'costAboveLimit', 'blocked'] as const;

const utf8Key = 0;
const utf16Key = 1;

const writer = new ByteWriter();

/** Requests to owners. */
export const clusterRequestCodec: Codec<ClusterRequest> = {
  encode: (request) => {
    writer.reset();
    writer.u8(VERSION);
    writer.u8(requestKinds[request.kind]);
    writeKey(request.key);
    writePolicy(request.policy);
    writeRequest(request);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const kind = reader.u8();
    const about = { key: readKey(reader), policy: readPolicy(reader) };
    const request = readRequest(reader, kind, about);
    reader.expectEnd();
    return request;
  },
};

/** Their answers. */
export const clusterReplyCodec: Codec<ClusterReply> = {
  encode: (reply) => {
    writer.reset();
    writer.u8(VERSION);
    writer.u8(replyKinds[reply.kind]);
    if (reply.kind === 'granted') writeGranted(reply);
    if (reply.kind === 'limited') writeLimited(reply);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const reply = readReply(reader, reader.u8());
    reader.expectEnd();
    return reply;
  },
};

function writeRequest(request: ClusterRequest): void {
  switch (request.kind) {
    case 'lease': {
      const { needed, wanted, headroom, returned } = request;
      writer.varint(needed);
      writer.varint(wanted - needed);
      writer.varint(headroom);
      writer.u8(returned === undefined ? 0 : 1);
      if (returned === undefined) return;
      writer.varint(returned.leaseId);
      writer.varint(returned.cost);
      return;
    }
    case 'giveBack':
      writer.varint(request.cost);
      writeTime(request.ageMs);
      return;
    case 'block':
      writeTime(request.durationMs);
      return;
    case 'reset':
  }
}

type AboutKey = Pick<ClusterRequest, 'key' | 'policy'>;

function readRequest(reader: ByteReader, kind: number, about: AboutKey): ClusterRequest {
  switch (kind) {
    case requestKinds.lease: {
      const needed = readCost(reader);
      const wanted = needed + readCost(reader);
      if (wanted > COST_MAX) throw new DecodeError(`wanted: expected a cost, got ${wanted}`);
      const headroom = readCost(reader);
      const returned = readFlag(reader)
        ? { leaseId: reader.varint(), cost: readCost(reader) }
        : undefined;
      return { kind: 'lease', ...about, needed, wanted, headroom, returned };
    }
    case requestKinds.giveBack:
      return { kind: 'giveBack', ...about, cost: readCost(reader), ageMs: readTime(reader) };
    case requestKinds.block:
      return { kind: 'block', ...about, durationMs: readTime(reader) };
    case requestKinds.reset:
      return { kind: 'reset', ...about };
    default:
      throw new DecodeError(`kind: expected that of a request, got ${kind}`);
  }
}

function writeGranted({ leaseId, cost, leaseMs, remaining, resetAfterMs }: LeaseGranted): void {
  writer.varint(leaseId);
  writer.varint(cost);
  writeTime(leaseMs);
  writer.varint(remaining);
  writeTime(resetAfterMs);
}

function writeLimited({ reason, retryAfterMs, remaining, resetAfterMs }: LeaseLimited): void {
  writer.u8(reasons.indexOf(reason));
  writer.u8(retryAfterMs === Infinity ? 0 : 1);
  if (retryAfterMs !== Infinity) writeTime(retryAfterMs);
  writer.varint(remaining);
  writeTime(resetAfterMs);
}

function readReply(reader: ByteReader, kind: number): ClusterReply {
  switch (kind) {
    case replyKinds.granted: {
      const [leaseId, cost, leaseMs] = [reader.varint(), readCost(reader), readTime(reader)];
      return { kind: 'granted', leaseId, cost, leaseMs, ...readState(reader) };
    }
    case replyKinds.limited: {
      const reason = readOneOf(reader, 'reason', reasons);
      const retryAfterMs = readFlag(reader) ? readTime(reader) : Infinity;
      return { kind: 'limited', reason, retryAfterMs, ...readState(reader) };
    }
    case replyKinds.notOwner:
      return { kind: 'notOwner' };
    case replyKinds.done:
      return { kind: 'done' };
    default:
      throw new DecodeError(`kind: expected that of a reply, got ${kind}`);
  }
}

function readState(reader: ByteReader): { remaining: number; resetAfterMs: number } {
  return { remaining: readCost(reader), resetAfterMs: readTime(reader) };
}

function writeKey(key: string): void {
  if (key.isWellFormed()) {
    writer.u8(utf8Key);
    writer.string(key);
    return;
  }
  writer.u8(utf16Key);
  writer.varint(key.length);
  for (let index = 0; index < key.length; index += 1) writer.u16(key.charCodeAt(index));
}

function readKey(reader: ByteReader): string {
  const encoding = reader.u8();
  if (encoding === utf8Key) {
    const key = reader.string(KEY_BYTES_MAX);
    if (key.length <= KEY_LENGTH_MAX) return key;
    throw new DecodeError(`key: expected at most ${KEY_LENGTH_MAX} characters, got ${key.length}`);
  }
  if (encoding !== utf16Key) throw new DecodeError(`key: expected 0 or 1, got ${encoding}`);
  const length = reader.count(2);
  if (length > KEY_LENGTH_MAX) {
    throw new DecodeError(`key: expected at most ${KEY_LENGTH_MAX} characters, got ${length}`);
  }
  let key = '';
  for (let index = 0; index < length; index += 1) key += String.fromCharCode(reader.u16());
  if (!key.isWellFormed()) return key;
  throw new DecodeError('key: expected UTF-8 for well-formed text, got code units');
}

function writePolicy(policy: RatePolicy): void {
  writer.u8(policyKinds.indexOf(policy.kind));
  writer.string(policy.name);
  writer.varint(policy.limit);
  writeTime(policy.windowMs);
  if (policy.kind === 'gcra' || policy.kind === 'tokenBucket') writer.varint(policy.burst);
  if (policy.kind === 'fixedWindow') writer.u8(anchors.indexOf(policy.anchor));
}

function readPolicy(reader: ByteReader): RatePolicy {
  const kind = readOneOf(reader, 'policy', policyKinds);
  const name = reader.string(NAME_BYTES_MAX);
  const base = { name, limit: readCost(reader), windowMs: readTime(reader) };
  const policy = completed(reader, kind, base);
  try {
    assertPolicy(policy);
  } catch (error) {
    throw new DecodeError(`policy: expected a valid one, got ${String(error)}`);
  }
  return policy;
}

function completed(
  reader: ByteReader,
  kind: RatePolicy['kind'],
  base: Pick<RatePolicy, 'name' | 'limit' | 'windowMs'>,
): RatePolicy {
  switch (kind) {
    case 'gcra':
    case 'tokenBucket':
      return { kind, ...base, burst: readCost(reader) };
    case 'fixedWindow':
      return { kind, ...base, anchor: readOneOf(reader, 'anchor', anchors) };
    default:
      return { kind, ...base };
  }
}

function writeTime(durationMs: number): void {
  const nearest = Math.round(durationMs * 1_000);
  // A microsecond more does no harm; one less would be early. What was read is written alike.
  writer.varint(nearest / 1_000 === durationMs ? nearest : Math.ceil(durationMs * 1_000));
}

function readTime(reader: ByteReader): number {
  const micros = reader.varint();
  if (micros <= TIME_US_MAX) return micros / 1_000;
  throw new DecodeError(`time: expected at most ${TIME_US_MAX} us, got ${micros}`);
}

function readCost(reader: ByteReader): number {
  const cost = reader.varint();
  if (cost <= COST_MAX) return cost;
  throw new DecodeError(`cost: expected at most ${COST_MAX}, got ${cost}`);
}

function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8();
  if (flag <= 1) return flag === 1;
  throw new DecodeError(`flag: expected 0 or 1, got ${flag}`);
}

function readOneOf<Value extends string>(
  reader: ByteReader,
  name: string,
  values: readonly Value[],
): Value {
  const place = reader.u8();
  const value = values[place];
  if (value !== undefined) return value;
  throw new DecodeError(`${name}: expected 0..${values.length - 1}, got ${place}`);
}

function expectVersion(reader: ByteReader): void {
  const version = reader.u8();
  if (version === VERSION) return;
  throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
}
