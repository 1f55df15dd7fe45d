/** A request of the slow line, with the tags that the paper gives it. */
interface Tagged {
  readonly tenant: string;
  readonly name: number;
  readonly cost: number;
  start: bigint;
  finish: bigint;
}

/** Divided by every weight that models use, so that a finish tag is exact. */
const SCALE = 720_720n;

/**
 * Start-time fair queueing as the paper writes it: each request has a start and a finish tag from
 * the time it comes, in numbers of any size, and the least start tag has the turn. Nothing is
 * forgotten, and whenever somebody leaves, all tags are written again.
 */
export class SlowFairLine {
  readonly #weights: ReadonlyMap<string, number>;
  readonly #requests: Tagged[] = [];
  /** The finish tag of what each tenant was served last. */
  readonly #served = new Map<string, bigint>();
  /** Since which step a tenant waits without a turn, which decides between equal tags. */
  readonly #since = new Map<string, number>();
  #step = 0;
  #virtualTime = 0n;

  constructor(weights: ReadonlyMap<string, number>) {
    this.#weights = weights;
  }

  add(tenant: string, name: number, cost: number): void {
    const mine = this.#of(tenant);
    if (mine.length === 0) this.#since.set(tenant, (this.#step += 1));
    const before = mine.at(-1)?.finish ?? this.#served.get(tenant) ?? 0n;
    const start = before > this.#virtualTime ? before : this.#virtualTime;
    this.#requests.push({ tenant, name, cost, start, finish: start + this.#length(tenant, cost) });
  }

  leave(name: number): void {
    const place = this.#requests.findIndex((request) => request.name === name);
    const [gone] = place < 0 ? [] : this.#requests.splice(place, 1);
    if (gone === undefined) return;
    let { start } = gone;
    for (const later of this.#requests.slice(place)) {
      if (later.tenant !== gone.tenant) continue;
      later.start = start;
      later.finish = start + this.#length(later.tenant, later.cost);
      start = later.finish;
    }
  }

  /** Serves one, and says which. */
  serve(): number | undefined {
    const [next] = this.#requests.toSorted(
      (left, right) =>
        Number(left.start - right.start) ||
        this.#sinceOf(left) - this.#sinceOf(right) ||
        left.name - right.name,
    );
    if (next === undefined) return undefined;
    this.#requests.splice(this.#requests.indexOf(next), 1);
    this.#virtualTime = next.start;
    this.#served.set(next.tenant, next.finish);
    this.#since.set(next.tenant, (this.#step += 1));
    return next.name;
  }

  #of(tenant: string): readonly Tagged[] {
    return this.#requests.filter((request) => request.tenant === tenant);
  }

  #sinceOf({ tenant }: Tagged): number {
    return this.#since.get(tenant) ?? 0;
  }

  #length(tenant: string, cost: number): bigint {
    return (BigInt(cost) * SCALE) / BigInt(this.#weights.get(tenant) ?? 1);
  }
}
