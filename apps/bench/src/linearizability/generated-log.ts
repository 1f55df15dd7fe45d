/*
 * A history of a key-value store as its clients would have logged it, from a seed. A client calls,
 * the call takes effect at some instant, and it returns; who goes on next is drawn. A broken store
 * answers wrongly once, late in the history, in a way that no order of the operations explains.
 */

/** What to generate. */
export interface LogOptions {
  readonly seed: number;
  readonly clientCount: number;
  readonly keyCount: number;
  readonly operationCount: number;
  /** Whether one answer is wrong. */
  readonly isBroken: boolean;
}

/** A call on its way; times are places in the log. */
interface Call {
  readonly kind: 'get' | 'put' | 'append';
  readonly key: string;
  /** What a put or an append writes, different for every call. */
  readonly text: string;
  readonly calledAt: number;
  returnedAt: number;
  /** Whose texts, one after another, are the value after this call took effect. */
  value: readonly Call[] | undefined;
}

/** The log, in the format of Porcupine's tests. */
export function generatedLog(options: LogOptions): string {
  const { clientCount, operationCount } = options;
  const draw = drawFrom(options.seed);
  const values = new Map<string, readonly Call[]>();
  const open = new Map<number, Call>();
  const lines: string[] = [];
  let mayLie = options.isBroken;
  for (let callCount = 0; callCount < operationCount || open.size > 0;) {
    const client = draw(clientCount);
    const call = open.get(client);
    if (call === undefined) {
      if (callCount === operationCount) continue;
      const called = newCall(draw, options.keyCount, `${client} ${callCount};`, lines.length);
      open.set(client, called);
      lines.push(line(client, 'invoke', called, called.kind === 'get' ? undefined : called.text));
      callCount += 1;
    } else if (call.value === undefined) {
      call.value = valueAfter(call, values.get(call.key) ?? []);
      values.set(call.key, call.value);
    } else {
      open.delete(client);
      call.returnedAt = lines.length;
      const isLate = lines.length > 1.6 * operationCount;
      const lie = mayLie && isLate && call.kind === 'get' ? wrongValue(call) : undefined;
      if (lie !== undefined) mayLie = false;
      const texts = (lie ?? call.value).map(({ text }) => text).join('');
      lines.push(line(client, 'ok', call, call.kind === 'get' ? texts : call.text));
    }
  }
  if (mayLie) throw new Error('expected a get late enough for a provably wrong answer');
  return `${lines.join('\n')}\n`;
}

function newCall(
  draw: (below: number) => number,
  keyCount: number,
  text: string,
  calledAt: number,
): Call {
  // As in Porcupine's own histories: every other call reads, and most of the others append.
  const chance = draw(20);
  const kind = chance < 10 ? 'get' : chance < 19 ? 'append' : 'put';
  const key = String(draw(keyCount));
  return { kind, key, text, calledAt, returnedAt: Number.POSITIVE_INFINITY, value: undefined };
}

function valueAfter(call: Call, before: readonly Call[]): readonly Call[] {
  if (call.kind === 'get') return before;
  return call.kind === 'put' ? [call] : [...before, call];
}

/**
 * The value without a text that must be in it: it was called for after the first text was there,
 * and was there before the get was called, so that whoever sees the first sees it too.
 */
function wrongValue({ value = [], calledAt }: Call): readonly Call[] | undefined {
  const [first] = value;
  if (first === undefined) return undefined;
  const lost = value.find(
    (append) => append.calledAt > first.returnedAt && append.returnedAt < calledAt,
  );
  return lost === undefined ? undefined : value.filter((append) => append !== lost);
}

function line(
  client: number,
  type: 'invoke' | 'ok',
  call: Call,
  value: string | undefined,
): string {
  const { kind, key } = call;
  const shown = value === undefined ? 'nil' : `"${value}"`;
  return `{:process ${client}, :type :${type}, :f :${kind}, :key "${key}", :value ${shown}}`;
}

/** Whole numbers below what is asked, from a linear congruential generator's upper bits. */
function drawFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
