/*
 * What the filter needs of a Redis client, and how two clients give it.
 *
 * Scripts take and give text, but for chunks of the bitmap, which are bytes. A client that decodes
 * an answer as UTF-8 makes one replacement character of every byte it cannot read, and so loses
 * bits. Both clients can be asked for the bytes as they came, each in its own way.
 */

/** The part of ioredis that is used: its `Redis` or its `Cluster`. */
export interface IoredisClient {
  /** Runs any command. Its answer is decoded as text. */
  call(command: string, ...args: (string | number | Buffer)[]): Promise<unknown>;
  /** Runs any command. Its answer is bytes. */
  callBuffer(command: string, ...args: (string | number | Buffer)[]): Promise<unknown>;
}

/** The part of node-redis that is used: what its `createClient` or `createCluster` returns. */
export interface NodeRedisClient extends NodeRedisScripts {
  /** The same client, which gives replies of the type 36, blobs, in another form. */
  withTypeMapping(typeMapping: { 36: BufferConstructor }): NodeRedisScripts;
}

/** How node-redis runs scripts. */
export interface NodeRedisScripts {
  /** Runs a script that the server knows by its digest. */
  evalSha(sha1: string, options: NodeRedisScriptOptions): Promise<unknown>;
  /** Runs a script, and has the server remember it. */
  eval(script: string, options: NodeRedisScriptOptions): Promise<unknown>;
}

/** Keys and arguments of a script, as node-redis takes them. */
export interface NodeRedisScriptOptions {
  keys?: (string | Buffer)[];
  arguments?: (string | Buffer)[];
}

/** A connected client of one of the two kinds. The filter never closes it. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** An argument of a script: text, or bytes as they are. */
export type ScriptArgument = string | Uint8Array;

/** Text is what an answer is, unless it carries a piece of the bitmap. */
export type ReplyForm = 'text' | 'bytes';

/** The one thing that the filter does with a client, whichever it is. */
export interface ScriptCaller {
  evalSha(
    sha1: string,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    form: ReplyForm,
  ): Promise<unknown>;
  eval(
    source: string,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    form: ReplyForm,
  ): Promise<unknown>;
}

/** The caller for `client`. */
export function scriptCaller(client: RedisClient): ScriptCaller {
  return 'callBuffer' in client ? ioredisCaller(client) : nodeRedisCaller(client);
}

function ioredisCaller(client: IoredisClient): ScriptCaller {
  const run = (
    command: string,
    script: string,
    [keys, args, form]: [readonly string[], readonly ScriptArgument[], ReplyForm],
  ): Promise<unknown> => {
    const all = [script, keys.length, ...keys, ...args.map(sendable)];
    return form === 'bytes' ? client.callBuffer(command, ...all) : client.call(command, ...all);
  };
  return {
    // In small letters: ioredis looks the keys of a command up by its name as it is given.
    evalSha: (sha1, ...rest) => run('evalsha', sha1, rest),
    eval: (source, ...rest) => run('eval', source, rest),
  };
}

function nodeRedisCaller(client: NodeRedisClient): ScriptCaller {
  const inBytes = client.withTypeMapping({ 36: Buffer });
  const optionsOf = (
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ): NodeRedisScriptOptions => ({ keys: [...keys], arguments: args.map(sendable) });
  return {
    evalSha: (sha1, keys, args, form) =>
      (form === 'bytes' ? inBytes : client).evalSha(sha1, optionsOf(keys, args)),
    eval: (source, keys, args, form) =>
      (form === 'bytes' ? inBytes : client).eval(source, optionsOf(keys, args)),
  };
}

/** Clients know bytes as a `Buffer` only, and would send any other array as its text. */
function sendable(argument: ScriptArgument): string | Buffer {
  if (typeof argument === 'string') return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
