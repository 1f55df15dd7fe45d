import type { RatePolicy } from '../../src/policy.ts';

/** What a twin says of one request: the wait in microseconds, 0 for admitted, and what is left. */
export interface Answer {
  readonly waitUs: number;
  readonly remaining: number;
}

/** An obvious limiter of one key, in numbers of any size. Its clock never steps back. */
export interface SlowTwin {
  take(nowUs: number, cost: number, headroom: number): Answer;
}

/** The obvious twin of a policy. `phaseUs` shifts aligned windows. */
export function slowTwin(policy: RatePolicy, phaseUs: number): SlowTwin {
  const windowUs = BigInt(Math.round(policy.windowMs * 1_000));
  const limit = BigInt(policy.limit);
  switch (policy.kind) {
    case 'gcra':
    case 'tokenBucket':
      return new SlowBucket(BigInt(policy.burst), limit, windowUs);
    case 'fixedWindow':
      return new SlowWindow(
        limit,
        windowUs,
        policy.anchor === 'aligned' ? BigInt(phaseUs) : undefined,
      );
    case 'slidingWindowLog':
      return new SlowLog(limit, windowUs);
    case 'slidingWindowCounter':
      return new SlowCounter(limit, windowUs);
  }
}

/** Twins try every candidate instant, from now on, and take the first that admits. */
function firstOf(candidates: readonly bigint[], admits: (nowUs: bigint) => boolean): bigint {
  const sorted = [...candidates].sort((left, right) => Number(left - right));
  const first = sorted.find(admits);
  if (first === undefined) throw new RangeError('candidates: expected one that admits');
  return first;
}

const never: Pick<Answer, 'waitUs'> = { waitUs: Infinity };

/** Tokens as fractions over the window. */
class SlowBucket implements SlowTwin {
  readonly #burst: bigint;
  readonly #limit: bigint;
  readonly #windowUs: bigint;
  #missing = 0n;
  #atUs = 0n;

  constructor(burst: bigint, limit: bigint, windowUs: bigint) {
    this.#burst = burst;
    this.#limit = limit;
    this.#windowUs = windowUs;
  }

  take(nowUs: number, cost: number, headroom: number): Answer {
    const now = BigInt(nowUs);
    const regained = (now - this.#atUs) * this.#limit;
    this.#missing = this.#missing > regained ? this.#missing - regained : 0n;
    this.#atUs = now;
    const need = BigInt(cost + headroom);
    const lacking = this.#missing + (need - this.#burst) * this.#windowUs;
    if (need > this.#burst) return { ...never, remaining: this.#remaining() };
    if (need > 0n && lacking > 0n) {
      const waitUs = Number((lacking + this.#limit - 1n) / this.#limit);
      return { waitUs, remaining: this.#remaining() };
    }
    this.#missing += BigInt(cost) * this.#windowUs;
    return { waitUs: 0, remaining: this.#remaining() };
  }

  #remaining(): number {
    return Number((this.#burst * this.#windowUs - this.#missing) / this.#windowUs);
  }
}

interface Admission {
  readonly atUs: bigint;
  readonly cost: bigint;
}

/** Every admission, and the window that each fell into. */
class SlowWindow implements SlowTwin {
  readonly #limit: bigint;
  readonly #windowUs: bigint;
  readonly #phaseUs: bigint | undefined;
  readonly #used = new Map<bigint, bigint>();
  #startUs: bigint | undefined;

  constructor(limit: bigint, windowUs: bigint, phaseUs: bigint | undefined) {
    this.#limit = limit;
    this.#windowUs = windowUs;
    this.#phaseUs = phaseUs;
  }

  take(nowUs: number, cost: number, headroom: number): Answer {
    const now = BigInt(nowUs);
    const startUs = this.#startOf(now);
    const used = this.#used.get(startUs) ?? 0n;
    const need = BigInt(cost + headroom);
    const remaining = Number(this.#limit - used);
    if (need > this.#limit) return { ...never, remaining };
    if (need > 0n && used + need > this.#limit) {
      return { waitUs: Number(startUs + this.#windowUs - now), remaining };
    }
    if (cost > 0) this.#startUs = startUs;
    this.#used.set(startUs, used + BigInt(cost));
    return { waitUs: 0, remaining: remaining - cost };
  }

  #startOf(now: bigint): bigint {
    if (this.#phaseUs !== undefined) {
      const shifted = now - this.#phaseUs + 1_000n * this.#windowUs;
      return now - (shifted % this.#windowUs);
    }
    const isOver = this.#startUs === undefined || now >= this.#startUs + this.#windowUs;
    return isOver ? now : (this.#startUs ?? now);
  }
}

/** Every admission, summed over the window anew each time. */
class SlowLog implements SlowTwin {
  readonly #limit: bigint;
  readonly #windowUs: bigint;
  readonly #admissions: Admission[] = [];

  constructor(limit: bigint, windowUs: bigint) {
    this.#limit = limit;
    this.#windowUs = windowUs;
  }

  take(nowUs: number, cost: number, headroom: number): Answer {
    const now = BigInt(nowUs);
    const need = BigInt(cost + headroom);
    const remaining = Number(this.#limit - this.#usedAt(now));
    if (need > this.#limit) return { ...never, remaining };
    const admits = (atUs: bigint): boolean => this.#usedAt(atUs) + need <= this.#limit;
    if (need > 0n && !admits(now)) {
      const ends = this.#admissions.map(({ atUs }) => atUs + this.#windowUs);
      const later = ends.filter((end) => end > now);
      return { waitUs: Number(firstOf(later, admits) - now), remaining };
    }
    if (cost > 0) this.#admissions.push({ atUs: now, cost: BigInt(cost) });
    return { waitUs: 0, remaining: remaining - cost };
  }

  #usedAt(now: bigint): bigint {
    return this.#admissions
      .filter(({ atUs }) => atUs > now - this.#windowUs)
      .reduce((sum, { cost }) => sum + cost, 0n);
  }
}

/** The count of each window by its number. */
class SlowCounter implements SlowTwin {
  readonly #limit: bigint;
  readonly #windowUs: bigint;
  readonly #counts = new Map<bigint, bigint>();

  constructor(limit: bigint, windowUs: bigint) {
    this.#limit = limit;
    this.#windowUs = windowUs;
  }

  take(nowUs: number, cost: number, headroom: number): Answer {
    const now = BigInt(nowUs);
    const need = BigInt(cost + headroom);
    const used = this.#usedAt(now);
    const remaining = used > this.#limit ? 0 : Number(this.#limit - used);
    if (need > this.#limit) return { ...never, remaining };
    const admits = (atUs: bigint): boolean => this.#usedAt(atUs) + need <= this.#limit;
    if (need > 0n && !admits(now))
      return { waitUs: Number(this.#search(now, admits) - now), remaining };
    const index = now / this.#windowUs;
    this.#counts.set(index, (this.#counts.get(index) ?? 0n) + BigInt(cost));
    return { waitUs: 0, remaining: remaining - cost };
  }

  /** The estimate, rounded up to whole units. */
  #usedAt(now: bigint): bigint {
    const index = now / this.#windowUs;
    const left = this.#windowUs - (now % this.#windowUs);
    const previous = (this.#counts.get(index - 1n) ?? 0n) * left;
    const share = (previous + this.#windowUs - 1n) / this.#windowUs;
    return share + (this.#counts.get(index) ?? 0n);
  }

  /** The estimate only falls while nobody comes: halving finds when it has fallen enough. */
  #search(now: bigint, admits: (atUs: bigint) => boolean): bigint {
    let denied = now;
    let admitted = now + 2n * this.#windowUs;
    while (admitted - denied > 1n) {
      const middle = (admitted + denied) / 2n;
      if (admits(middle)) admitted = middle;
      else denied = middle;
    }
    return admitted;
  }
}
