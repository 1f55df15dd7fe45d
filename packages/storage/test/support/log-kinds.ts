import type { LogStore } from '../../src/log-store.ts';
import type { WriteAheadLogOptions } from '../../src/log-options.ts';
import { SharedLog } from '../../src/shared-log/shared-log.ts';
import { WriteAheadLog } from '../../src/write-ahead-log.ts';

/** A kind of log, and how one is opened and closed with all that belongs to it. */
export interface LogKind {
  readonly name: string;
  open(options: WriteAheadLogOptions): Promise<LogStore>;
}

const alone: LogKind = {
  name: 'WriteAheadLog',
  open: (options) => WriteAheadLog.open(options),
};

/** One group of a shared log, which is closed with it. */
async function openGroup(options: WriteAheadLogOptions): Promise<LogStore> {
  const shared = await SharedLog.open(options);
  const group = shared.openGroup('group');
  return new Proxy(group, {
    get: (target, name) => {
      if (name === 'close') return () => shared.close();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Everything that a replicated log may be kept in. */
export const logKinds: readonly LogKind[] = [
  alone,
  { name: 'a group of a SharedLog', open: openGroup },
];
