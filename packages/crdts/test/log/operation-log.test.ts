import { describe, expect, it } from 'vitest';
import { CausalGraph } from '../../src/graph/causal-graph.ts';
import {
  LIST_INSERT,
  MAP_PUT,
  REVOKE,
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
} from '../../src/log/operation-kind.ts';
import { OperationLog, ROOT } from '../../src/log/operation-log.ts';

class Author {
  readonly graph = new CausalGraph();
  readonly log = new OperationLog(this.graph);
  readonly replica = this.graph.replicaIndex('ann');

  insert(position: number, text: string, container = ROOT): void {
    this.graph.appendLocal(this.replica, text.length);
    this.log.appendInsert(container, position, text.length, this.log.text.append(text));
  }

  delete(position: number, count = 1): void {
    this.graph.appendLocal(this.replica, count);
    this.log.appendDelete(ROOT, position, count);
  }

  rows(): readonly (readonly [number, number, number])[] {
    const { log } = this;
    return Array.from({ length: log.runCount }, (_, run) => [
      log.kind(run),
      log.a(run),
      log.end(run) - log.start(run),
    ]);
  }
}

describe('OperationLog', () => {
  it('keeps typing as one run', () => {
    const ann = new Author();
    for (let at = 0; at < 5; at += 1) ann.insert(at, 'hello'.charAt(at));
    ann.insert(5, ' world');
    ann.insert(0, 'H');
    expect(ann.rows()).toEqual([
      [TEXT_INSERT, 0, 11],
      [TEXT_INSERT, 0, 1],
    ]);
    expect(ann.log.b(1)).toBe(11);
    expect(ann.log.text.slice(0, 12)).toBe('hello worldH');
    expect(ann.log.aOf(0, 4)).toBe(4);
  });

  it('keeps Delete and Backspace as runs of their direction', () => {
    const ann = new Author();
    ann.insert(0, '0123456789');
    for (const at of [9, 8, 7]) ann.delete(at);
    ann.delete(0);
    ann.delete(0, 2);
    expect(ann.rows()).toEqual([
      [TEXT_INSERT, 0, 10],
      [TEXT_DELETE_BACKWARD, 9, 3],
      [TEXT_DELETE, 0, 3],
    ]);
    expect(ann.log.aOf(1, 12)).toBe(7);
    expect(ann.log.aOf(2, 14)).toBe(0);
  });

  it('takes a run of Backspace at once', () => {
    const ann = new Author();
    ann.insert(0, '0123456789');
    ann.graph.appendLocal(ann.replica, 5);
    ann.log.appendDeleteBackward(ROOT, 9, 2);
    ann.log.appendDeleteBackward(ROOT, 7, 2);
    ann.log.appendDeleteBackward(ROOT, 5, 1);
    expect(ann.rows()).toEqual([
      [TEXT_INSERT, 0, 10],
      [TEXT_DELETE_BACKWARD, 9, 5],
    ]);
  });

  it('ends a run where the run of the graph ends, or the container changes', () => {
    const ann = new Author();
    const bob = ann.graph.replicaIndex('bob');
    ann.insert(0, 'a');
    ann.graph.append(bob, 0, 1, [0]);
    ann.log.appendInsert(ROOT, 1, 1, ann.log.text.append('b'));
    ann.insert(2, 'c');
    ann.insert(3, 'd');
    ann.insert(4, 'e', 0);
    expect(ann.rows().map(([, , count]) => count)).toEqual([1, 1, 2, 1]);
    expect(ann.log.container(3)).toBe(0);
  });

  it('finds the run of an event', () => {
    const ann = new Author();
    for (let at = 0; at < 40; at += 1) ann.insert(0, 'ab');
    for (let lv = 0; lv < 80; lv += 1) expect(ann.log.runAt(lv)).toBe(lv >> 1);
    expect(ann.log.eventCount).toBe(80);
  });

  it('keeps values beside the rows', () => {
    const ann = new Author();
    ann.graph.appendLocal(ann.replica, 3);
    ann.log.append(MAP_PUT, ROOT, 1, 0, 0, 0, ann.log.pushValue(['key', 1]));
    const first = ann.log.pushValue('x');
    ann.log.pushValue('y');
    ann.log.append(LIST_INSERT, ROOT, 2, -1, -1, 0, first);
    expect(ann.log.values).toEqual([['key', 1], 'x', 'y']);
    expect([ann.log.value(0), ann.log.value(1), ann.log.c(1)]).toEqual([0, 1, 0]);
    ann.log.truncate(2);
    expect(ann.log.values).toEqual([['key', 1], 'x']);
    ann.log.truncate(1);
    expect(ann.log.values).toEqual([['key', 1]]);
    ann.log.truncate(0);
    expect(ann.log.values).toEqual([]);
  });

  it('forgets the latest events with their text', () => {
    const ann = new Author();
    ann.insert(0, 'hello');
    ann.delete(0, 2);
    ann.insert(3, 'y');
    ann.graph.truncate(4);
    ann.log.truncate(4);
    expect(ann.rows()).toEqual([[TEXT_INSERT, 0, 4]]);
    expect(ann.log.text.length).toBe(4);
    ann.insert(4, '!');
    expect(ann.rows()).toEqual([[TEXT_INSERT, 0, 5]]);
    expect(ann.log.text.slice(0, 5)).toBe('hell!');
  });

  it('knows a container by every event that names it', () => {
    const ann = new Author();
    ann.insert(0, 'ab');
    ann.insert(0, 'cd', 0);
    ann.insert(0, 'ef', 1);
    const { log } = ann;
    expect([log.isIn(1, 0), log.isIn(2, 0)]).toEqual([true, false]);
    log.alias(1, 0);
    expect([log.isIn(0, 0), log.isIn(1, 0), log.isIn(2, 0)]).toEqual([false, true, true]);
    expect(log.container(2)).toBe(1);
    log.truncate(1);
    ann.graph.truncate(1);
    ann.insert(1, 'g');
    ann.insert(0, 'h', 1);
    expect(log.isIn(1, 0)).toBe(false);
  });

  it('counts on from the first event that a run revokes', () => {
    const ann = new Author();
    ann.insert(0, 'abc');
    ann.graph.appendLocal(ann.replica, 2);
    ann.log.append(REVOKE, ROOT, 2, 1, 0, 0, -1);
    expect([ann.log.aOf(1, 3), ann.log.aOf(1, 4)]).toEqual([1, 2]);
  });

  // Why this test? A document that was saved, loaded and saved again had other bytes.
  it('forgets that a run went backwards with the event that said so', () => {
    const ann = new Author();
    ann.insert(0, 'hello');
    ann.delete(3);
    ann.delete(2);
    ann.graph.truncate(6);
    ann.log.truncate(6);
    expect(ann.rows()[1]).toEqual([TEXT_DELETE, 3, 1]);
    ann.delete(3);
    expect(ann.rows()[1]).toEqual([TEXT_DELETE, 3, 2]);
  });
});
