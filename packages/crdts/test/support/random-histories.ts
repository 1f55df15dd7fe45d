import type { Random } from '@quorate/transport';

import { History } from '../../src/history/history.ts';
import {
  COUNTER_ADD,
  ENSURE,
  LIST_DELETE,
  LIST_INSERT,
  LIST_NEST,
  REVOKE,
  LIST_MOVE,
  LIST_PUT,
  MAP_DELETE,
  MAP_PUT,
  MARK,
  TREE_MOVE,
} from '../../src/log/operation-kind.ts';
import type { Value } from '../../src/log/value.ts';
import { copyValue } from '../../src/wire/copy-value.ts';

/** A history that shows nothing: every operation makes sense to it. */
export function bareHistory(): History {
  return new History({ integrate() {}, rebuild() {} });
}

function pushValues({ log }: History, count: number, random: Random): number {
  const first = log.values.length;
  for (let left = count; left > 0; left -= 1) {
    log.pushValue(copyValue('value', [random.int(300), 'kéy', { __proto__: null, at: -0 }]));
  }
  return first;
}

const keys = ['key', 'kéy', '__proto__', 'a lone \ud800', 'k'.repeat(64)];

/** Appends one operation of any kind, with fields drawn from what is there; returns its update. */
export function appendRandom(history: History, replicaId: string, random: Random): Uint8Array {
  const { graph, log } = history;
  const replica = graph.replicaIndex(replicaId);
  const before = graph.eventCount;
  const event = () => random.int(before + 1) - 1;
  const container = random.int(4) === 0 ? event() : -1;
  const value = (count: number) => pushValues(history, count, random);
  const append = (kind: number, count: number, a: number, b: number, c: number, first: number) => {
    graph.appendLocal(replica, count);
    log.append(kind, container, count, a, b, c, first);
  };
  const keyed = (rest: readonly Value[]) =>
    log.pushValue([keys[random.int(keys.length)]!, ...rest]);
  const count = 1 + random.int(4);
  switch (random.int(13)) {
    case 0:
    case 1: {
      const text = 'añ日x'.slice(0, count);
      graph.appendLocal(replica, count);
      log.appendInsert(container, random.int(9), count, log.text.append(text));
      break;
    }
    case 2:
      graph.appendLocal(replica, count);
      log.appendDelete(container, random.int(9), count);
      break;
    case 3:
      graph.appendLocal(replica, count);
      log.appendDeleteBackward(container, 9 + random.int(9), count);
      break;
    case 4:
      append(MARK, 1, random.int(5), 5 + random.int(300), 0, value(1));
      break;
    case 5:
      append(MAP_PUT, 1, 0, 0, 0, keyed([random.int(300)]));
      break;
    case 6:
      append(MAP_DELETE, 1, 0, 0, 0, log.pushValue(keys[random.int(keys.length)]!));
      break;
    case 7:
      append(ENSURE, 1, 0, 0, 0, keyed([random.int(10)]));
      break;
    case 8: {
      const kind = random.int(2) === 0 ? LIST_INSERT : LIST_NEST;
      append(kind, count, event(), event(), 0, value(count));
      break;
    }
    case 9: {
      const element = event();
      if (element < 0) append(COUNTER_ADD, 1, 0, 0, 0, value(1));
      else {
        const kind = random.int(2) === 0 ? LIST_DELETE : REVOKE;
        append(kind, 1 + random.int(Math.min(4, before - element)), element, 0, 0, -1);
      }
      break;
    }
    case 10:
      append(LIST_MOVE, 1, Math.max(event(), -1), event(), event(), -1);
      break;
    case 11:
      append(LIST_PUT, 1, event(), 0, 0, value(1));
      break;
    default:
      append(TREE_MOVE, 1, event(), random.int(2) === 0 ? -2 : event(), event(), -1);
  }
  return history.takeUpdate(before, graph.eventCount);
}
