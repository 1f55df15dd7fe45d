import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { limits } from './config-limits.ts';

/** What must hold for a write to take effect. */
export type WriteCondition =
  | { readonly kind: 'none' }
  /** `If-None-Match: *` */
  | { readonly kind: 'absent' }
  /** `If-Match: *` */
  | { readonly kind: 'present' }
  /** `If-Match: "17"` */
  | { readonly kind: 'revision'; readonly revision: number };

/** A change of one key. What goes through Raft's log. */
export type ConfigCommand =
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly value: string;
      readonly condition: WriteCondition;
    }
  | { readonly kind: 'delete'; readonly key: string; readonly condition: WriteCondition };

/** What a command did, the same on every node. */
export type ConfigResult =
  | { readonly kind: 'written'; readonly revision: number; readonly isNew: boolean }
  | { readonly kind: 'deleted' }
  /** The condition did not hold. Nothing changed. */
  | { readonly kind: 'mismatch'; readonly currentRevision: number | undefined }
  /** There was nothing to delete. */
  | { readonly kind: 'missing' }
  /** The store would grow beyond its limit. Nothing changed. */
  | { readonly kind: 'storeFull' }
  /** The bytes are no command of this version. Nothing changed. */
  | { readonly kind: 'malformed' };

const version = 1;
const commandKinds = ['put', 'delete'] as const;
const conditionKinds = ['none', 'absent', 'present', 'revision'] as const;
const resultKinds = [
  'written',
  'deleted',
  'mismatch',
  'missing',
  'storeFull',
  'malformed',
] as const;

/** Commands as bytes: version, kind, condition, key, and for 'put' the value. */
export const commandCodec: Codec<ConfigCommand> = {
  encode(command) {
    const writer = new ByteWriter();
    writer.u8(version);
    writer.u8(commandKinds.indexOf(command.kind));
    writer.u8(conditionKinds.indexOf(command.condition.kind));
    if (command.condition.kind === 'revision') writer.varint(command.condition.revision);
    writer.string(command.key);
    if (command.kind === 'put') writer.string(command.value);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const kind = choose(commandKinds, reader.u8());
    const condition = decodeCondition(reader);
    const key = reader.string(limits.keyBytesMax);
    const command: ConfigCommand =
      kind === 'put'
        ? { kind, key, value: reader.string(limits.valueBytesMax), condition }
        : { kind, key, condition };
    reader.expectEnd();
    return command;
  },
};

/** Results as bytes: version, kind and what that kind carries. */
export const resultCodec: Codec<ConfigResult> = {
  encode(result) {
    const writer = new ByteWriter(16);
    writer.u8(version);
    writer.u8(resultKinds.indexOf(result.kind));
    if (result.kind === 'written') {
      writer.varint(result.revision);
      writer.u8(result.isNew ? 1 : 0);
    }
    // Revisions start at 1, so 0 stands for a key that does not exist.
    if (result.kind === 'mismatch') writer.varint(result.currentRevision ?? 0);
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const result = decodeResult(reader, choose(resultKinds, reader.u8()));
    reader.expectEnd();
    return result;
  },
};

function decodeCondition(reader: ByteReader): WriteCondition {
  const kind = choose(conditionKinds, reader.u8());
  return kind === 'revision' ? { kind, revision: reader.varint() } : { kind };
}

function decodeResult(reader: ByteReader, kind: (typeof resultKinds)[number]): ConfigResult {
  switch (kind) {
    case 'written': {
      const revision = reader.varint();
      return { kind, revision, isNew: choose([false, true], reader.u8()) };
    }
    case 'mismatch': {
      const revision = reader.varint();
      return { kind, currentRevision: revision === 0 ? undefined : revision };
    }
    case 'deleted':
    case 'missing':
    case 'storeFull':
    case 'malformed':
      return { kind };
  }
}

function expectVersion(reader: ByteReader): void {
  const found = reader.u8();
  if (found === version) return;
  throw new DecodeError(`version: expected ${version}, got ${found}`);
}

/** The choice that byte `index` stands for. */
function choose<Choice>(choices: readonly Choice[], index: number): Choice {
  const choice = choices[index];
  if (choice === undefined) throw new DecodeError(`kind: got unknown ${index}`);
  return choice;
}
