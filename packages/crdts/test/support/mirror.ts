import type { Change } from '../../src/document/index.ts';

interface Node {
  id: string;
  data: unknown;
  children: Node[];
}

/**
 * A plain copy of a document that is kept up to date by changes alone, as an application would do
 * it: what a listener is told must be enough.
 */
export class Mirror {
  json: unknown;

  constructor(json: unknown) {
    this.json = structuredClone(json);
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#apply(change);
  }

  #apply(change: Change): void {
    if (change.kind === 'reset') throw new Error('reset');
    const at = this.#get(change.path);
    if (change.kind === 'map') {
      if (!isRecord(at)) throw new Error('no map');
      if (change.value === undefined) Reflect.deleteProperty(at, change.key);
      else define(at, change.key, structuredClone(change.value));
    } else if (change.kind === 'list') {
      if (!Array.isArray(at)) throw new Error('no list');
      const { index, deleteCount, inserted } = change;
      if (index + deleteCount > at.length) throw new Error('outside of the list');
      at.splice(index, deleteCount, ...structuredClone(inserted));
    } else if (change.kind === 'text') {
      let text = String(at);
      for (const { position, deleteCount, inserted } of change.patches) {
        text = text.slice(0, position) + inserted + text.slice(position + deleteCount);
      }
      this.#set(change.path, text);
    } else if (change.kind === 'counter') this.#set(change.path, Number(at) + change.by);
    else this.#applyTree(at, change);
  }

  #applyTree(at: unknown, change: Change & { kind: 'tree' }): void {
    if (!isNodes(at)) throw new Error('no tree');
    const detached: Node[] = [];
    for (const id of change.removed) {
      const siblings =
        listOf(at, id) ?? detached.map((node) => listOf(node.children, id)).find(Boolean);
      if (siblings === undefined) continue;
      const place = siblings.findIndex((node) => node.id === id);
      detached.push(...siblings.splice(place, 1));
    }
    for (const { id, parent, index, node } of change.placed) {
      const found = node ?? detached.find((one) => one.id === id);
      const [placed] = [structuredClone(found)];
      const above = parent === undefined ? undefined : nodeOf(at, parent);
      const siblings = parent === undefined ? at : above?.children;
      if (siblings === undefined || !isNode(placed)) throw new Error(`no place for ${id}`);
      if (index > siblings.length) throw new Error('outside of the siblings');
      siblings.splice(index, 0, placed);
    }
  }

  #get(path: readonly (string | number)[]): unknown {
    let at: unknown = this.json;
    for (const step of path) at = stepInto(at, step);
    return at;
  }

  #set(path: readonly (string | number)[], value: unknown): void {
    const above = this.#get(path.slice(0, -1));
    const last = path.at(-1) ?? '';
    if (isNodes(above) && typeof last === 'string') {
      const node = nodeOf(above, last);
      if (node !== undefined) node.data = value;
    } else if (Array.isArray(above)) above[Number(last)] = value;
    else if (isRecord(above)) define(above, String(last), value);
  }
}

function stepInto(at: unknown, step: string | number): unknown {
  if (isNodes(at) && typeof step === 'string') return nodeOf(at, step)?.data;
  if (Array.isArray(at)) return at[Number(step)];
  if (isRecord(at)) return Object.hasOwn(at, step) ? at[String(step)] : undefined;
  throw new Error(`nothing at ${step}`);
}

function define(at: object, key: string, value: unknown): void {
  Object.defineProperty(at, key, { value, enumerable: true, writable: true, configurable: true });
}

function listOf(nodes: Node[], id: string): Node[] | undefined {
  if (nodes.some((node) => node.id === id)) return nodes;
  for (const node of nodes) {
    const found = listOf(node.children, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nodeOf(nodes: Node[], id: string): Node | undefined {
  return listOf(nodes, id)?.find((node) => node.id === id);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNode(value: unknown): value is Node {
  return isRecord(value) && typeof value['id'] === 'string' && Array.isArray(value['children']);
}

function isNodes(value: unknown): value is Node[] {
  return Array.isArray(value) && value.every(isNode);
}
