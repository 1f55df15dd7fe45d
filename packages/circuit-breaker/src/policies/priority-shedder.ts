import type { Random } from '@quorate/transport';
import { systemRandom } from '@quorate/transport/system';

import { checkRecord } from '../bounds.ts';
import { containedAnswer } from '../contain.ts';
import { checkFunction, checkRandom } from '../function-checks.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { rejectSoon } from '../reject-soon.ts';
import { checkShedRange, shedProbability, type ShedRange } from '../shed-probability.ts';
import { CallRefusedError } from './errors.ts';

/** What `priorityShedder` may be told. */
export interface PriorityShedderOptions<Priority extends string> {
  /**
   * How much of what there is is in use: 1 is all of it. Asked before each call, so a field read,
   * not a measurement: `() => places.utilization` of a bulkhead or an adaptive limit.
   */
  readonly utilization: () => number;
  /** The classes of calls, and the range of utilization over which each is given up. */
  readonly classes: Readonly<Record<Priority, ShedRange>>;
  /** The machine's if left out. */
  readonly random?: Random;
}

/**
 * Gives up calls by class as the load rises, the least important first.
 *
 * @throws RangeError or TypeError if an option is not as described.
 *
 * @example
 * ```ts
 * import { bulkhead, pipeline, priorityShedder } from '@quorate/circuit-breaker';
 *
 * const places = bulkhead({ maxConcurrent: 100, maxQueue: 50 });
 * const shedder = priorityShedder({
 *   utilization: () => places.utilization,
 *   classes: { preview: { from: 0.6, to: 0.8 }, payment: { from: 1.2, to: 1.5 } },
 * });
 * const previews = pipeline(shedder.for('preview'), places);
 * const payments = pipeline(shedder.for('payment'), places);
 * ```
 */
export function priorityShedder<Priority extends string>(
  options: PriorityShedderOptions<Priority>,
): PriorityShedder<Priority> {
  return new PriorityShedder(options);
}

/** Gives up calls by class as the load rises. */
export class PriorityShedder<Priority extends string> {
  readonly #policies = new Map<string, Policy>();

  /** See `priorityShedder`. */
  constructor(options: PriorityShedderOptions<Priority>) {
    checkRecord('options', options);
    const { utilization, classes, random = systemRandom } = options;
    checkFunction('utilization', utilization);
    checkRecord('classes', classes);
    checkRandom(random);
    for (const [name, range] of Object.entries<ShedRange>(classes)) {
      checkShedRange(`classes.${name}`, range);
      const { from, to } = range;
      this.#policies.set(name, new ClassShedder(name, { from, to }, { utilization, random }));
    }
  }

  /**
   * The policy for calls of `priority`, to stand outside of what it protects.
   *
   * @throws RangeError if there is no such class.
   */
  for(priority: Priority): Policy {
    const policy = this.#policies.get(priority);
    if (policy !== undefined) return policy;
    const names = [...this.#policies.keys()].join(', ');
    throw new RangeError(`priority: expected one of ${names}, got ${JSON.stringify(priority)}`);
  }
}

interface Surroundings {
  readonly utilization: () => number;
  readonly random: Random;
}

class ClassShedder implements Policy {
  readonly #name: string;
  readonly #range: ShedRange;
  readonly #surroundings: Surroundings;

  constructor(name: string, range: ShedRange, surroundings: Surroundings) {
    this.#name = name;
    this.#range = range;
    this.#surroundings = surroundings;
  }

  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    const { utilization, random } = this.#surroundings;
    // A gauge that fails must not take the calls with it.
    const share = shedProbability(this.#range, containedAnswer(utilization, 0));
    if (share > 0 && random.float() < share) {
      const message = `calls of class ${this.#name} are given up at this load`;
      return rejectSoon(new CallRefusedError('shed', message));
    }
    return new Promise((resolve) => resolve(work(context)));
  }
}
