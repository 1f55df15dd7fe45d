import type { ConfigurationAt } from './configuration.ts';
import { configurationCodec } from './codec/configuration.ts';
import { invariant } from './invariant.ts';
import type { Entry } from './messages.ts';

/**
 * Which configuration was in force where in the log.
 *
 * A server uses the latest configuration in its log, whether it is committed or not (thesis §4.1):
 * who waited for the commit could count a majority that no longer overlaps with the new one. The
 * price is that a configuration can go away again, when a new leader cuts the entry that brought
 * it; then the one before is in force again, so that one must be known.
 *
 * ```text
 *   log      1 2 C 4 5 C 7        C: an entry of kind 'configuration'
 *   history  0:abc 3:abcd 6:bcd   in force at 5: abcd; after a cut from 6: abcd
 * ```
 */
export class ConfigurationHistory {
  // Never empty, by rising index. The first stands for all that is older.
  #places: ConfigurationAt[];

  /** @param base - In force until an entry says otherwise. */
  constructor(base: ConfigurationAt) {
    this.#places = [base];
  }

  /** The one in force at the end of the log. */
  get latest(): ConfigurationAt {
    const last = this.#places.at(-1);
    invariant(last !== undefined, 'some configuration is always in force');
    return last;
  }

  /** The one in force at `logIndex`; the oldest known for what lies before it. */
  at(logIndex: number): ConfigurationAt {
    const place = this.#places.findLast((one) => one.logIndex <= logIndex) ?? this.#places[0];
    invariant(place !== undefined, 'some configuration is always in force');
    return place;
  }

  /** Takes in an entry that was appended; one that the oldest configuration covers is no news. */
  note({ kind, logIndex, payload }: Entry): void {
    if (kind !== 'configuration' || logIndex <= this.latest.logIndex) return;
    this.#places.push({ logIndex, configuration: configurationCodec.decode(payload) });
  }

  /** The entries from `logIndex` on are gone. */
  truncateFrom(logIndex: number): void {
    while (this.#places.length > 1 && this.latest.logIndex >= logIndex) this.#places.pop();
  }

  /** Nobody will ask for what was in force before `throughIndex`. */
  compact(throughIndex: number): void {
    while ((this.#places[1]?.logIndex ?? Infinity) <= throughIndex) this.#places.shift();
  }

  /** A snapshot took the place of the log. */
  replace(base: ConfigurationAt): void {
    this.#places = [base];
  }
}
