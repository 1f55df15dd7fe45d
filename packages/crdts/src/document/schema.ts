/*
 * What a document is meant to hold, as a value that TypeScript can read.
 *
 * A schema is a promise of this program to itself: it says which containers to make and gives types
 * to what is read. Other replicas may run another version of the program, so nothing that arrives
 * is refused because of a schema. What does not fit is left out of typed reading, and is there in
 * `toJSON`.
 */
import type { Value } from '../log/value.ts';

/** A value that is replaced as a whole: the last writer wins. */
export interface RegisterSchema<Content extends Value> {
  readonly kind: 'register';
  /** Never there: it carries the type. */
  readonly content?: Content;
}

/** A text in which many type at once. */
export interface TextSchema {
  readonly kind: 'text';
}

/** A number to which everyone adds. */
export interface CounterSchema {
  readonly kind: 'counter';
}

/** A list; `isMovable` says whether its elements have a `move`. */
export interface ListSchema<Item extends Schema, Movable extends boolean = boolean> {
  readonly kind: 'list';
  readonly item: Item;
  readonly isMovable: Movable;
}

/** A map with known fields, each of its own kind. */
export interface MapSchema<Fields extends FieldSchemas> {
  readonly kind: 'map';
  readonly fields: Fields;
}

/** A map with any keys, all of one kind. */
export interface RecordSchema<Item extends Schema> {
  readonly kind: 'record';
  readonly item: Item;
}

/** A tree of nodes that can be moved; each has data. */
export interface TreeSchema<Data extends MapLikeSchema> {
  readonly kind: 'tree';
  readonly data: Data;
}

/** Whatever is there: values, and containers as they come. */
export interface AnySchema {
  readonly kind: 'any';
}

/** Fields of a map by name. */
export interface FieldSchemas {
  readonly [field: string]: Schema;
}

/** What can be the root of a document, or the data of a node. */
export type MapLikeSchema = MapSchema<FieldSchemas> | RecordSchema<Schema>;

/** Any schema. */
export type Schema =
  | RegisterSchema<Value>
  | TextSchema
  | CounterSchema
  | ListSchema<Schema>
  | MapLikeSchema
  | TreeSchema<MapLikeSchema>
  | AnySchema;

/** A node of a tree as plain data; `id` is there when it is read. */
export interface TreeNodeData<Data> {
  readonly id?: string;
  readonly data: Data;
  readonly children?: readonly TreeNodeData<Data>[];
}

/**
 * The plain data of a schema: what `toJSON` gives of data that fits, and what can be written. No
 * field of a map need be there.
 */
export type Infer<Of extends Schema> =
  Of extends RegisterSchema<infer Content>
    ? Content
    : Of extends TextSchema
      ? string
      : Of extends CounterSchema
        ? number
        : Of extends ListSchema<infer Item>
          ? readonly Infer<Item>[]
          : Of extends MapSchema<infer Fields>
            ? { readonly [Field in keyof Fields]?: Infer<Fields[Field]> }
            : Of extends RecordSchema<infer Item>
              ? { readonly [key: string]: Infer<Item> }
              : Of extends TreeSchema<infer Data>
                ? readonly TreeNodeData<Infer<Data>>[]
                : Value;

/**
 * Makes schemas.
 *
 * @example
 * ```ts
 * import { type Infer, JsonDocument, schema } from '@quorate/crdts/document';
 *
 * const board = schema.map({
 *   title: schema.text(),
 *   cards: schema.movableList(schema.map({ name: schema.text(), votes: schema.counter() })),
 *   color: schema.register<'red' | 'blue'>(),
 * });
 * type Board = Infer<typeof board>; // { title?: string; cards?: readonly { … }[]; … }
 * const document = new JsonDocument({ replicaId: 'ann', schema: board });
 * document.root.cards.push({ name: 'Write it down', votes: 1 });
 * document.root.cards.get(0)?.votes.value; // => 1
 * ```
 */
export const schema: {
  /** A value that is replaced as a whole. */
  register: <Content extends Value = Value>() => RegisterSchema<Content>;
  /** A text. */
  text: () => TextSchema;
  /** A counter. */
  counter: () => CounterSchema;
  /** A list. */
  list: <Item extends Schema>(item: Item) => ListSchema<Item, false>;
  /** A list whose elements can be moved. */
  movableList: <Item extends Schema>(item: Item) => ListSchema<Item, true>;
  /** A map with known fields. */
  map: <const Fields extends FieldSchemas>(fields: Fields) => MapSchema<Fields>;
  /** A map with any keys. */
  record: <Item extends Schema>(item: Item) => RecordSchema<Item>;
  /** A tree whose nodes hold a map each. */
  tree: <Data extends MapLikeSchema>(data: Data) => TreeSchema<Data>;
  /** Whatever is there. */
  any: () => AnySchema;
} = {
  register: () => ({ kind: 'register' }),
  text: () => ({ kind: 'text' }),
  counter: () => ({ kind: 'counter' }),
  list: (item) => ({ kind: 'list', item, isMovable: false }),
  movableList: (item) => ({ kind: 'list', item, isMovable: true }),
  map: (fields) => ({ kind: 'map', fields }),
  record: (item) => ({ kind: 'record', item }),
  tree: (data) => ({ kind: 'tree', data }),
  any: () => ({ kind: 'any' }),
};
