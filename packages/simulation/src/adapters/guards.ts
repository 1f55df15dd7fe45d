import { AmbientAccessError } from '../errors.ts';

/**
 * Keeps simulated code from reaching past its ports.
 *
 * While guards are installed, the globals below are replaced by shims that throw an
 * `AmbientAccessError` as long as simulated code runs (between `enter` and `exit`), and behave as
 * ever otherwise, so that a test runner around the simulation does not notice.
 */
interface Shim {
  readonly owner: object;
  readonly key: string;
  readonly original: PropertyDescriptor | undefined;
}

/** What to name in the error: the global, and what to use in its place. */
const functions: readonly (readonly [path: string, instead: string])[] = [
  ['performance.now', 'clock.nowMs()'],
  ['Math.random', 'random.float()'],
  ['setTimeout', 'clock.setTimer()'],
  ['setInterval', 'clock.setTimer()'],
  ['setImmediate', 'clock.setTimer(0, …)'],
  ['requestAnimationFrame', 'clock.setTimer()'],
  ['requestIdleCallback', 'clock.setTimer()'],
  ['AbortSignal.timeout', 'clock.setTimer() and an AbortController'],
  ['crypto.getRandomValues', 'random.bytes()'],
  ['crypto.randomUUID', 'random.bytes()'],
  ['process.nextTick', 'a promise'],
  ['process.hrtime', 'clock.nowMs()'],
  ['fetch', 'transport.send()'],
  ['Atomics.wait', 'a message'],
];

const constructors: readonly (readonly [path: string, instead: string])[] = [
  ['MessageChannel', 'transport.send()'],
  ['BroadcastChannel', 'transport.send()'],
  ['WebSocket', 'transport.send()'],
  ['WeakRef', 'a strong reference: collection is not deterministic'],
  ['FinalizationRegistry', 'an explicit close: collection is not deterministic'],
];

let installCount = 0;
let runningCount = 0;
let shims: Shim[] = [];

/** Installs the shims until the returned function is called. Counts nested use. */
export function installGuards(): () => void {
  installCount += 1;
  if (installCount === 1) shims = [...functions.flatMap(shimFunction), ...shimConstructors()];
  let isInstalled = true;
  return () => {
    if (!isInstalled) return;
    isInstalled = false;
    installCount -= 1;
    if (installCount === 0) for (const shim of shims.splice(0).reverse()) restore(shim);
  };
}

/** Simulated code runs from here on. Counts nested use. */
export function enterSimulatedCode(): void {
  runningCount += 1;
}

/** Simulated code has returned, and what it left behind has run. */
export function exitSimulatedCode(): void {
  runningCount -= 1;
}

function refuse(path: string, instead: string): void {
  if (runningCount > 0) throw new AmbientAccessError(path, instead);
}

function shimFunction([path, instead]: readonly [path: string, instead: string]): Shim[] {
  const place = locate(path);
  if (place === undefined) return [];
  const { owner, key, value } = place;
  const shim = new Proxy(value, {
    apply: (target, receiver: unknown, list: unknown[]): unknown => {
      refuse(path, instead);
      return Reflect.apply(target, receiver, list);
    },
  });
  return replace(owner, key, shim);
}

function shimConstructors(): Shim[] {
  const plain = constructors.flatMap(([path, instead]) => {
    const place = locate(path);
    if (place === undefined) return [];
    const shim = new Proxy(place.value, {
      construct: (target, list: unknown[], newTarget): object => {
        refuse(path, instead);
        return Reflect.construct(target, list, newTarget) as object;
      },
    });
    return replace(place.owner, place.key, shim);
  });
  return [...plain, ...shimDate()];
}

/** `Date` stays, but for the three ways in which it reads the machine's calendar. */
function shimDate(): Shim[] {
  const instead = 'clock.wallTimeMs()';
  const original = Date;
  const now = (): number => {
    refuse('Date.now', instead);
    return original.now();
  };
  const shim = new Proxy(original, {
    apply: (target, receiver: unknown, list: unknown[]): unknown => {
      refuse('Date()', instead);
      return Reflect.apply(target, receiver, list);
    },
    construct: (target, list: unknown[], newTarget): object => {
      if (list.length === 0) refuse('new Date()', instead);
      return Reflect.construct(target, list, newTarget) as object;
    },
    get: (target, key, receiver): unknown =>
      key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown),
  });
  return replace(globalThis, 'Date', shim);
}

function locate(
  path: string,
): { readonly owner: object; readonly key: string; readonly value: () => unknown } | undefined {
  const keys = path.split('.');
  const key = keys.pop() ?? '';
  let owner: unknown = globalThis;
  for (const step of keys) {
    owner =
      typeof owner === 'object' || typeof owner === 'function' ? read(owner, step) : undefined;
  }
  if ((typeof owner !== 'object' && typeof owner !== 'function') || owner === null)
    return undefined;
  const value = read(owner, key);
  return typeof value === 'function' ? { owner, key, value: value as () => unknown } : undefined;
}

function read(owner: object | null, key: string): unknown {
  return owner === null ? undefined : (Reflect.get(owner, key) as unknown);
}

function replace(owner: object, key: string, value: unknown): Shim[] {
  const original = Object.getOwnPropertyDescriptor(owner, key);
  const isDone = Reflect.defineProperty(owner, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: original?.enumerable ?? true,
  });
  return isDone ? [{ owner, key, original }] : [];
}

function restore({ owner, key, original }: Shim): void {
  if (original === undefined) Reflect.deleteProperty(owner, key);
  else Object.defineProperty(owner, key, original);
}
