/*
 * What the application holds: the containers of a document with the types of its schema.
 *
 * A live container is a window, not a copy: it reads the state as it is and writes local events.
 * Reading never makes anything. A container that nobody has made yet reads as empty, and is made by
 * the first thing that is written into it; as one key and one type are one container, whoever makes
 * it, there is nothing to agree on beforehand.
 */
import type { Value } from '../log/value.ts';
import { copyValue } from '../wire/copy-value.ts';
import { Container, type Content, COUNTER, LIST, MAP, TEXT, TREE } from './container.ts';
import { CounterState } from './counter-state.ts';
import { ListState } from './list-state.ts';
import { LiveCounter } from './live-counter.ts';
import { LiveList, LiveMovableList } from './live-list.ts';
import { type LiveMap, LiveRecord, mapWithFields } from './live-map.ts';
import { LiveText } from './live-text.ts';
import { insertNodes, LiveTree } from './live-tree.ts';
import { MapState } from './map-state.ts';
import type {
  AnySchema,
  CounterSchema,
  ListSchema,
  MapSchema,
  RecordSchema,
  RegisterSchema,
  Schema,
  TextSchema,
  TreeSchema,
} from './schema.ts';
import { TextContainer } from './text-container.ts';
import { TreeState } from './tree-state.ts';

/** A container of which nothing is known but that it is there. */
export type LiveAny =
  | LiveText
  | LiveCounter
  | LiveMovableList<AnySchema>
  | LiveRecord<AnySchema>
  | LiveTree<RecordSchema<AnySchema>>;

/** The live container of a schema. */
export type Live<Of extends Schema> = Of extends TextSchema
  ? LiveText
  : Of extends CounterSchema
    ? LiveCounter
    : Of extends ListSchema<infer Item, infer Movable>
      ? Movable extends true
        ? LiveMovableList<Item>
        : LiveList<Item>
      : Of extends MapSchema<infer Fields>
        ? LiveMap<Fields>
        : Of extends RecordSchema<infer Item>
          ? LiveRecord<Item>
          : Of extends TreeSchema<infer Data>
            ? LiveTree<Data>
            : never;

/** What is read where a schema says what there is: a value as it is, a container live. */
export type Shown<Of extends Schema> =
  Of extends RegisterSchema<infer Content>
    ? Content
    : Of extends AnySchema
      ? Value | LiveAny
      : Live<Of>;

const ANY: AnySchema = { kind: 'any' };

/** How containers are read of which the schema says nothing. */
const anyOf: readonly (Schema | undefined)[] = [
  undefined,
  { kind: 'record', item: ANY },
  { kind: 'list', item: ANY, isMovable: true },
  { kind: 'text' },
  { kind: 'counter' },
  { kind: 'tree', data: { kind: 'record', item: ANY } },
];

const types: Readonly<Record<Schema['kind'], number>> = {
  register: 0,
  any: 0,
  map: MAP,
  record: MAP,
  list: LIST,
  text: TEXT,
  counter: COUNTER,
  tree: TREE,
};

/** The type of container that a schema wants; 0 for a value. */
export function typeOf(schema: Schema): number {
  return types[schema.kind];
}

/** `container` as `schema` says; the same object each time. */
export function live<Of extends Schema>(container: Container, schema: Of): Live<Of>;
export function live(container: Container, schema: Schema): unknown {
  if (container.live?.schema !== schema) {
    container.live = { schema, shown: construct(container, schema) };
  }
  return container.live.shown;
}

function construct(container: Container, schema: Schema): unknown {
  if (container instanceof TextContainer) return new LiveText(container);
  if (container instanceof CounterState) return new LiveCounter(container);
  if (container instanceof ListState && schema.kind === 'list') {
    const List = schema.isMovable ? LiveMovableList : LiveList;
    return new List(container, schema.item);
  }
  if (container instanceof TreeState && schema.kind === 'tree') {
    return new LiveTree(container, schema.data);
  }
  if (container instanceof MapState && schema.kind === 'record') {
    return new LiveRecord(container, schema.item);
  }
  if (container instanceof MapState && schema.kind === 'map') {
    return mapWithFields(container, schema.fields);
  }
  throw new TypeError(`schema: expected one of a container of type ${container.type}`);
}

/** `content` as `schema` says; undefined if it is something else. */
export function show<Of extends Schema>(content: Content, schema: Of): Shown<Of> | undefined;
export function show(content: Content, schema: Schema): unknown {
  const type = typeOf(schema);
  if (!(content instanceof Container)) return type === 0 ? content : undefined;
  if (type === content.type) return live(content, schema);
  const any = anyOf[content.type];
  return schema.kind === 'any' && any !== undefined ? live(content, any) : undefined;
}

/** Writes `content` to a key by local events. */
export function write(map: MapState, key: string, content: unknown, schema: Schema): void {
  const type = typeOf(schema);
  if (type === 0) map.put(key, copyValue(key, content));
  else fill(map.make(key, type), content, schema);
}

/** Inserts elements by local events. */
export function insertItems(
  list: ListState,
  index: number,
  items: readonly unknown[],
  schema: Schema,
): void {
  const type = typeOf(schema);
  if (type === 0) {
    list.insert(
      index,
      items.map((item) => copyValue('item', item)),
    );
    return;
  }
  list.nest(index, items.length, type);
  for (const [offset, item] of items.entries()) {
    const content = list.at(index + offset)?.owner.content;
    if (content instanceof Container) fill(content, item, schema);
  }
}

/**
 * Writes plain data into an empty container by local events.
 *
 * @throws TypeError if it does not fit; the transaction is rolled back then.
 */
export function fill(container: Container, data: unknown, schema: Schema): void {
  if (container instanceof TextContainer && typeof data === 'string') {
    if (data !== '') container.insert(0, data);
  } else if (container instanceof CounterState && Number.isSafeInteger(data)) {
    if (data !== 0) container.add(Number(data));
  } else if (container instanceof ListState && schema.kind === 'list' && Array.isArray(data)) {
    if (data.length > 0) insertItems(container, 0, data, schema.item);
  } else if (container instanceof TreeState && schema.kind === 'tree' && Array.isArray(data)) {
    insertNodes(container, container.root, data, schema.data);
  } else if (container instanceof MapState && typeof data === 'object' && data !== null) {
    for (const [key, content] of Object.entries(data)) {
      const of = schemaOf(schema, key);
      if (content !== undefined) write(container, key, content, of);
    }
  } else throw new TypeError(`${schema.kind}: expected its plain data, got ${typeof data}`);
}

function schemaOf(schema: Schema, key: string): Schema {
  if (schema.kind === 'record') return schema.item;
  const field =
    schema.kind === 'map' && Object.hasOwn(schema.fields, key) ? schema.fields[key] : undefined;
  if (field === undefined) throw new TypeError(`map: expected a field of the schema, got ${key}`);
  return field;
}
