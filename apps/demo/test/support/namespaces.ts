import { spawnSync } from 'node:child_process';

/** Runs `ip …`. @throws Error with what it said. */
function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

/** Whether this process may make network namespaces. */
export function areNamespacesPossible(): boolean {
  if (process.platform !== 'linux') return false;
  const name = `quorate-try-${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return false;
  const isBridge = spawnSync('ip', ['link', 'add', `qt${process.pid}`, 'type', 'bridge']);
  spawnSync('ip', ['link', 'del', `qt${process.pid}`]);
  return spawnSync('ip', ['netns', 'del', name]).status === 0 && isBridge.status === 0;
}

/** Hosts that are none: namespaces with an address each, on one bridge. */
export class Hosts implements Disposable {
  readonly names: readonly string[];
  readonly #bridge = `qb${process.pid}`;
  /** Of this process, so that runs beside each other, or what one left, are not in the way. */
  readonly #network = `10.${64 + ((process.pid >> 8) & 63)}.${process.pid & 255}`;

  /** @param count - 1..9. */
  constructor(count: number) {
    this.names = Array.from({ length: count }, (_, index) => `qh${index + 1}-${process.pid}`);
    ip('link', 'add', this.#bridge, 'type', 'bridge');
    ip('addr', 'add', `${this.#network}.254/24`, 'dev', this.#bridge);
    ip('link', 'set', this.#bridge, 'up');
    for (const [index, name] of this.names.entries()) this.#add(name, index);
  }

  /** The address of host `index`, from 0. */
  addressOf(index: number): string {
    return `${this.#network}.${index + 1}`;
  }

  /** The command line that runs `args` on host `index`. */
  commandOn(index: number, args: readonly string[]): readonly string[] {
    return ['ip', 'netns', 'exec', this.names[index] ?? '', ...args];
  }

  /** Pulls the cable of a host, or puts it back. */
  setCable(index: number, state: 'up' | 'down'): void {
    ip('link', 'set', this.#cableOf(index), state);
  }

  [Symbol.dispose](): void {
    for (const name of this.names) spawnSync('ip', ['netns', 'del', name]);
    spawnSync('ip', ['link', 'del', this.#bridge]);
  }

  #add(name: string, index: number): void {
    const [outside, inside] = [this.#cableOf(index), `qi${index}${process.pid}`];
    ip('netns', 'add', name);
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside);
    ip('link', 'set', outside, 'master', this.#bridge, 'up');
    ip('link', 'set', inside, 'netns', name);
    const within = ['-n', name];
    ip(...within, 'addr', 'add', `${this.addressOf(index)}/24`, 'dev', inside);
    ip(...within, 'link', 'set', inside, 'up');
    ip(...within, 'link', 'set', 'lo', 'up');
  }

  #cableOf(index: number): string {
    return `qo${index}${process.pid}`;
  }
}
