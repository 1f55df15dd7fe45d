/*
 * One client, one name.
 *
 * A limit by address is only as good as the name it counts under. The same client reaches a server
 * as 1.2.3.4, as ::ffff:1.2.3.4 and as ::FFFF:102:304, with a port, in brackets, or with the zone
 * of the interface; counted as text, these are as many clients, each with a limit of its own. And a
 * client of version 6 does not have an address, it has at least the 2^64 of its /64, so that
 * counting single addresses limits nobody.
 *
 * So an address is read into bits, mapped ones become version 4 by their bits and not by their
 * spelling, and a prefix of the bits is the name. Text that is no address is no name: who cannot be
 * told apart must not share one limit by accident, with the word "unknown" as the key.
 *
 * Sources: RFC 4291 (text and mapped addresses), RFC 6052 (64:ff9b::/96 stands for version 4),
 * RFC 5952 (the one way to write an address), RFC 6177 (sites get at least a /64).
 */

/** An address, as groups of 16 bits, the highest first: 2 of version 4, 8 of version 6. */
export interface Address {
  readonly version: 4 | 6;
  readonly groups: readonly number[];
}

/** All addresses that begin with the same `prefixBits`. */
export interface Network {
  readonly base: Address;
  readonly prefixBits: number;
}

/** Longer texts are no address, zone and port included. */
const TEXT_LENGTH_MAX = 128;

const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const hexGroup = /^[0-9a-f]{1,4}$/i;
const port = /^\d{1,5}$/;

/**
 * The address that `text` names, with or without brackets, port and zone.
 *
 * @returns Mapped addresses (`::ffff:0:0/96`) and translated ones (`64:ff9b::/96`) as what they
 *   stand for, version 4; `undefined` for what is no address, such as numbers with leading zeros,
 *   which some read as octal.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  if (text.startsWith('[')) return parseBracketed(text);
  const firstColon = text.indexOf(':');
  if (firstColon < 0) return parseVersion4(text);
  if (firstColon !== text.lastIndexOf(':')) return parseVersion6(text);
  return port.test(text.slice(firstColon + 1))
    ? parseVersion4(text.slice(0, firstColon))
    : undefined;
}

/** `address` in the one way to write it. */
export function formatAddress(address: Address): string {
  const { version, groups } = address;
  if (version === 4) return groups.map((group) => `${group >> 8}.${group & 0xff}`).join('.');
  const { start, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** `address` with all bits but the first `prefixBits` cleared. */
export function maskAddress({ version, groups }: Address, prefixBits: number): Address {
  const masked = groups.map((group, place) => {
    const keptBits = Math.min(16, Math.max(0, prefixBits - place * 16));
    return group & (0xffff << (16 - keptBits)) & 0xffff;
  });
  return { version, groups: masked };
}

/**
 * The network that `text` names: `10.0.0.0/8`, `fd00::/8`, or one address.
 *
 * @throws RangeError if it names none.
 */
export function parseNetwork(text: string): Network {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address !== undefined && !text.includes('[') && !/[.]\d+:/.test(text)) {
    const bitCount = address.version === 4 ? 32 : 128;
    const given = slash < 0 ? String(bitCount) : text.slice(slash + 1);
    // A network of mapped addresses counts the 96 bits before them.
    const isMapped = address.version === 4 && text.includes(':');
    const prefixBits = Number(given) - (isMapped && slash >= 0 ? 96 : 0);
    if (/^\d{1,3}$/.test(given) && prefixBits >= 0 && prefixBits <= bitCount) {
      return { base: maskAddress(address, prefixBits), prefixBits };
    }
  }
  throw new RangeError(`network: expected an address or address/bits, got ${JSON.stringify(text)}`);
}

/** Whether `address` is one of `network`. */
export function isWithin(network: Network, address: Address): boolean {
  if (network.base.version !== address.version) return false;
  const { groups } = maskAddress(address, network.prefixBits);
  return groups.every((group, place) => group === network.base.groups[place]);
}

function parseBracketed(text: string): Address | undefined {
  const end = text.indexOf(']');
  if (end < 0) return undefined;
  const rest = text.slice(end + 1);
  if (rest !== '' && !(rest.startsWith(':') && port.test(rest.slice(1)))) return undefined;
  return parseVersion6(text.slice(1, end));
}

function parseVersion4(text: string): Address | undefined {
  const numbers = dotted.exec(text)?.slice(1);
  if (numbers === undefined) return undefined;
  if (numbers.some((each) => Number(each) > 255 || (each.length > 1 && each.startsWith('0')))) {
    return undefined;
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = numbers.map(Number);
  return { version: 4, groups: [(first << 8) | second, (third << 8) | fourth] };
}

function parseVersion6(text: string): Address | undefined {
  const zone = text.indexOf('%');
  if (zone === text.length - 1) return undefined;
  const spelled = withoutDots(zone < 0 ? text : text.slice(0, zone));
  const [before = '', after, ...more] = spelled?.split('::') ?? [];
  const left = hexGroups(before);
  const right = hexGroups(after ?? '');
  if (spelled === undefined || left === undefined || right === undefined) return undefined;
  if (more.length > 0) return undefined;
  const missing = 8 - left.length - right.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  return unmapped([...left, ...Array<number>(missing).fill(0), ...right]);
}

/** The last 32 bits may be written as of version 4; here as two groups like the others. */
function withoutDots(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const start = text.lastIndexOf(':') + 1;
  const tail = parseVersion4(text.slice(start));
  if (tail === undefined) return undefined;
  return text.slice(0, start) + tail.groups.map((group) => group.toString(16)).join(':');
}

function hexGroups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every((group) => hexGroup.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

function unmapped(groups: readonly number[]): Address {
  const [first, second, , , , sixth] = groups;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && sixth === 0xffff;
  const isTranslated =
    first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  if (isMapped || isTranslated) return { version: 4, groups: groups.slice(6) };
  return { version: 6, groups };
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [place, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: place - length + 1, length };
  }
  return longest;
}
