/** How words of a command line become values. */
import { type Groups, parsePartition } from '../partition.ts';
import type { Address } from './command.ts';

/** A kind of value. */
export interface Form<Value> {
  /** What stands for it in the usage: `count` of `--nodes <count>`. */
  readonly name: string;
  /** What it looks like, for help and errors: `1..9`. */
  readonly expected: string;
  /** The value; undefined if `text` is none. */
  readonly parse: (text: string) => Value | undefined;
}

/** Any text but the empty one. */
export function text(name: string, expected = 'a value'): Form<string> {
  return { name, expected, parse: (given) => (given === '' ? undefined : given) };
}

/** Any text, the empty one too. */
export function anyText(name: string): Form<string> {
  return { name, expected: 'a text', parse: (given) => given };
}

/** A whole number of digits only, both ends included. */
export function wholeNumber(name: string, min: number, max: number): Form<number> {
  return {
    name,
    expected: `${min}..${max}`,
    parse: (given) => within(/^\d{1,10}$/.test(given) ? Number(given) : Number.NaN, min, max),
  };
}

/** A share as 0.2 or 20%. */
export function share(name: string): Form<number> {
  return {
    name,
    expected: '0..1, or a percentage like 20%',
    parse: (given) => {
      const [, digits = '', percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(given) ?? [];
      if (digits === '') return undefined;
      return within(percent === '%' ? Number(digits) / 100 : Number(digits), 0, 1);
    },
  };
}

/** One of some words. */
export function oneOf<const Word extends string>(name: string, words: readonly Word[]): Form<Word> {
  const expected = words.join(', ').replace(/, ([^,]*)$/, ' or $1');
  return { name, expected, parse: (given) => words.find((word) => word === given) };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A time span of more than nothing, in ms. */
export function duration(name = 'duration'): Form<number> {
  return {
    name,
    expected: 'a time like 500ms, 90s, 10m or 2h',
    parse: (given) => {
      const ms = spanMs(given);
      return ms !== undefined && ms > 0 ? ms : undefined;
    },
  };
}

/** A time span in ms, or 0 for none. */
export function durationOrOff(name: string): Form<number> {
  const some = duration(name);
  return {
    name,
    expected: 'a time like 30s, or off',
    parse: (given) => (given === 'off' ? 0 : some.parse(given)),
  };
}

/** A time before or after another, in ms. */
export function signedDuration(name: string): Form<number> {
  return {
    name,
    expected: 'a time with its sign, like -30s or +2s',
    parse: (given) => {
      const [, sign = '', span = ''] = /^([+-])(.+)$/.exec(given) ?? [];
      const ms = spanMs(span);
      if (ms === undefined) return undefined;
      return sign === '-' ? -ms : ms;
    },
  };
}

/** Seeds: one, or from..to. */
export const seeds: Form<readonly [first: number, last: number]> = {
  name: 'seeds',
  expected: 'one number, or from..to',
  parse: (given) => {
    const [, first = '', last = first] = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(given) ?? [];
    const range = [Number(first), Number(last)] as const;
    return first === '' || range[1] < range[0] ? undefined : range;
  },
};

/** Where a process listens. */
export const address: Form<Address> = {
  name: 'host:port',
  expected: 'host:port, port 0..65535',
  parse: (given) => {
    const separator = given.lastIndexOf(':');
    const host = given.slice(0, Math.max(0, separator)).replace(/^\[(.*)\]$/, '$1');
    const port = wholeNumber('port', 0, 65_535).parse(given.slice(separator + 1));
    return host === '' || port === undefined ? undefined : { host, port };
  },
};

/** Nodes by name, with their addresses. */
export const peers: Form<ReadonlyMap<string, Address>> = {
  name: 'list',
  expected: 'id=host:port,…, each node once',
  parse: (given) => {
    const found = new Map<string, Address>();
    for (const part of given.split(',')) {
      const [, id = '', where = ''] = /^([^=]+)=(.+)$/.exec(part) ?? [];
      const at = address.parse(where);
      if (at === undefined || found.has(id)) return undefined;
      found.set(id, at);
    }
    return found;
  },
};

/** Nodes that cannot reach those of other groups. */
export const groups: Form<Groups> = {
  name: 'groups',
  expected: 'groups of nodes like n1/n2,n3, each node once',
  parse: (given) => {
    const parsed = parsePartition(given);
    return parsed.kind === 'groups' ? parsed.groups : undefined;
  },
};

function spanMs(given: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(given) ?? [];
  const factor = unitMs[unit];
  return factor === undefined ? undefined : Number(digits) * factor;
}

function within(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}
