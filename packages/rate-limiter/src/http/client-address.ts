import { RateLimiterError } from '../errors.ts';
import {
  type Address,
  formatAddress,
  isWithin,
  maskAddress,
  type Network,
  parseAddress,
  parseNetwork,
} from './address.ts';
import { forwardedFor, type ForwardingHeader } from './forwarded.ts';
import type { HttpRequest } from './http-request.ts';

/**
 * Whose word counts for where a request came from. Anyone can send a header that names anyone, so
 * only what our own proxies added counts, and they add at the end.
 *
 * - `'none'`: nobody's. The client is whoever holds the connection.
 * - `hops`: so many proxies of ours stand in front, no more and no fewer. At least 1.
 * - `networks`: our proxies have addresses in these (`10.0.0.0/8`, `fd00::/8`), and no client has.
 */
export type ProxyTrust =
  'none' | { readonly hops: number } | { readonly networks: readonly string[] };

/** How much of an address names a client. */
export interface AddressPrefixes {
  /** Bits of an address of version 4, 0..32. Default: 32, all. */
  readonly ipv4PrefixBits?: number;
  /**
   * Bits of an address of version 6, 0..128. Default: 64. A home or a server has a whole /64 to
   * itself, so more bits let it choose another name for each request. Fewer (56, 48) catch sites
   * that own more, and with them their neighbours.
   */
  readonly ipv6PrefixBits?: number;
}

/** How to name a client by its address. */
export interface ClientAddressOptions extends AddressPrefixes {
  readonly trust: ProxyTrust;
  /**
   * The header your proxies write. Only this one is read, because they pass on what others a client
   * sends. Default: 'x-forwarded-for'.
   */
  readonly header?: ForwardingHeader;
  /**
   * What becomes of a request from nowhere known: a header that is missing or cannot be read, a
   * connection without an address. 'error' (the default): a `ClientAddressError`. 'exempt': it is
   * not limited. 'share': all of them share one limit, under the key 'unknown address'.
   */
  readonly unknown?: 'error' | 'exempt' | 'share';
}

/** No address could be found for a request: trust is set up for other proxies than there are. */
export class ClientAddressError extends RateLimiterError {
  override readonly name = 'ClientAddressError';
  readonly code = 'RATE_LIMITER_NO_CLIENT_ADDRESS';
}

/** The key of all requests whose address is not known, where they are to share one. */
const SHARED_KEY = 'unknown address';

/**
 * Names clients by their address, for the option `key`.
 *
 * @returns Gives the same key for all spellings of one address, and one for all addresses of a
 *   prefix; throws `ClientAddressError` where `unknown` says so.
 * @throws RangeError if an option is out of its range.
 *
 * @example
 * ```ts
 * import { clientAddressKey } from '@quorate/rate-limiter/http';
 *
 * const keyOf = clientAddressKey({ trust: { hops: 1 } });
 * const headers = new Headers({ 'x-forwarded-for': '6.6.6.6, 2001:DB8:1:2:3::4' });
 * keyOf({ method: 'GET', url: '/', headers, peerAddress: '10.0.0.1' }); // => '2001:db8:1:2::/64'
 * ```
 */
export function clientAddressKey(
  options: ClientAddressOptions,
): (request: HttpRequest) => string | undefined {
  const { header = 'x-forwarded-for', unknown = 'error' } = options;
  const prefixes = checkedPrefixes(options);
  const find = finderOf(options.trust);
  if (!['error', 'exempt', 'share'].includes(unknown)) {
    throw new RangeError(`unknown: expected 'error', 'exempt' or 'share', got '${unknown}'`);
  }
  if (!['x-forwarded-for', 'forwarded'].includes(header)) {
    throw new RangeError(`header: expected 'x-forwarded-for' or 'forwarded', got '${header}'`);
  }
  return (request) => {
    const told = forwardedFor(header, request.headers.get(header));
    const address = find(told, request.peerAddress);
    if (address !== undefined) return keyOf(address, prefixes);
    if (unknown === 'error') {
      const expected = `expected the address of a client by ${header} and the trust in it`;
      throw new ClientAddressError(`${expected}, got a chain of ${told?.length ?? 'unreadable'}`);
    }
    return unknown === 'share' ? SHARED_KEY : undefined;
  };
}

/**
 * The key of the client at `address`, such as a header with one address that a proxy sets.
 *
 * @param address - With or without brackets, port and zone.
 * @returns `undefined` if it is no address.
 * @throws RangeError if a prefix is out of its range.
 *
 * @example
 * ```ts
 * import { addressKey } from '@quorate/rate-limiter/http';
 *
 * addressKey('[::FFFF:102:304]:443'); // => '1.2.3.4'
 * addressKey('fe80::1%eth0'); // => 'fe80::/64'
 * addressKey('unknown'); // => undefined
 * ```
 */
export function addressKey(address: string, prefixes: AddressPrefixes = {}): string | undefined {
  const checked = checkedPrefixes(prefixes);
  const parsed = parseAddress(address);
  return parsed === undefined ? undefined : keyOf(parsed, checked);
}

type Find = (
  told: readonly string[] | undefined,
  peerAddress: string | undefined,
) => Address | undefined;

function finderOf(trust: ProxyTrust): Find {
  if (trust === 'none') return (_told, peerAddress) => parseAddress(peerAddress ?? '');
  if ('hops' in trust) {
    const { hops } = trust;
    if (!Number.isSafeInteger(hops) || hops < 1) {
      throw new RangeError(`trust.hops: expected an integer >= 1, got ${hops}`);
    }
    return (told) => parseAddress(told?.[told.length - hops] ?? '');
  }
  const networks = trust.networks.map(parseNetwork);
  if (networks.length === 0) {
    throw new RangeError("trust.networks: expected at least one, or 'none', got []");
  }
  return (told, peerAddress) => firstStranger(networks, told, peerAddress);
}

/** From the connection outwards, the first that is none of our proxies. */
function firstStranger(
  networks: readonly Network[],
  told: readonly string[] = [],
  peerAddress = '',
): Address | undefined {
  let address = parseAddress(peerAddress);
  for (const text of told.toReversed()) {
    if (address === undefined || !isOurs(networks, address)) return address;
    address = parseAddress(text);
  }
  // A proxy that does not say for whom it asks is no client: its users must not share its name.
  return address === undefined || isOurs(networks, address) ? undefined : address;
}

function isOurs(networks: readonly Network[], address: Address): boolean {
  return networks.some((network) => isWithin(network, address));
}

function keyOf(address: Address, prefixes: Required<AddressPrefixes>): string {
  const isVersion4 = address.version === 4;
  const prefixBits = isVersion4 ? prefixes.ipv4PrefixBits : prefixes.ipv6PrefixBits;
  const text = formatAddress(maskAddress(address, prefixBits));
  return prefixBits === (isVersion4 ? 32 : 128) ? text : `${text}/${prefixBits}`;
}

function checkedPrefixes(options: AddressPrefixes): Required<AddressPrefixes> {
  const { ipv4PrefixBits = 32, ipv6PrefixBits = 64 } = options;
  checkBits('ipv4PrefixBits', ipv4PrefixBits, 32);
  checkBits('ipv6PrefixBits', ipv6PrefixBits, 128);
  return { ipv4PrefixBits, ipv6PrefixBits };
}

function checkBits(name: string, bits: number, bitsMax: number): void {
  if (Number.isSafeInteger(bits) && bits >= 0 && bits <= bitsMax) return;
  throw new RangeError(`${name}: expected an integer of 0..${bitsMax}, got ${bits}`);
}
