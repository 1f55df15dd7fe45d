import { type Author, authorOf } from './author.ts';
import { type Live, live, show, type Shown, typeOf, write } from './live.ts';
import type { MapState } from './map-state.ts';
import type { AnySchema, FieldSchemas, Infer, RegisterSchema, Schema } from './schema.ts';

/** A map with any keys. */
export class LiveRecord<Item extends Schema> {
  readonly #map: MapState;
  readonly #item: Item;

  /**
   * @param map - What it shows.
   * @param item - What its keys hold.
   */
  constructor(map: MapState, item: Item) {
    this.#map = map;
    this.#item = item;
  }

  /** The keys that hold something, sorted by code units. */
  keys(): string[] {
    return this.#map.keys();
  }

  /** Whether `key` holds something. */
  has(key: string): boolean {
    return this.#map.get(key) !== undefined;
  }

  /** What `key` holds; undefined if that is nothing, or nothing that the schema knows. */
  get(key: string): Shown<Item> | undefined {
    const content = this.#map.get(key);
    return content === undefined ? undefined : show(content, this.#item);
  }

  /** The container under `key`, which is made by the first thing that is written into it. */
  open(key: string): Live<Item>;
  /** The container of another kind under `key`. */
  open<Other extends Schema>(key: string, schema: Other): Live<Other>;
  open(key: string, schema: Schema = this.#item): unknown {
    const type = typeOf(schema);
    if (type === 0) throw new TypeError(`schema: expected a container, got ${schema.kind}`);
    return live(this.#map.nested(key, type), schema);
  }

  /**
   * Replaces what `key` holds; what is seen in a container there is taken out first.
   *
   * @throws TypeError if `content` is not what the schema says. Nothing has changed then.
   */
  set(key: string, content: Infer<Item>): void {
    this.#map.host.edit(() => write(this.#map, key, content, this.#item));
  }

  /** Removes `key` with all that is seen in it; what others change meanwhile survives. */
  delete(key: string): void {
    this.#map.host.edit(() => this.#map.remove(key));
  }

  /**
   * What was written to `key` by replicas that did not know of each other: the winner first,
   * undefined for a removal. One entry, or none, if there is no conflict.
   */
  conflicts(key: string): (Shown<Item> | undefined)[] {
    return this.#map
      .conflicts(key)
      .map(({ content }) => (content === undefined ? undefined : show(content, this.#item)));
  }

  /** Who wrote what `key` holds. */
  author(key: string): Author | undefined {
    const winner = this.#map.conflicts(key)[0];
    return winner === undefined ? undefined : authorOf(this.#map.host.graph, winner.lv);
  }

  /** Who wrote what `conflicts` shows, in the same order. */
  conflictAuthors(key: string): Author[] {
    const { graph } = this.#map.host;
    return this.#map.conflicts(key).map(({ lv }) => authorOf(graph, lv));
  }

  /** A plain copy, without a prototype. */
  toJSON(): unknown {
    return this.#map.toJSON();
  }
}

/** The names of those fields whose values are replaced as a whole. */
export type RegisterFields<Fields extends FieldSchemas> = {
  [Field in keyof Fields]: Fields[Field] extends RegisterSchema<infer _> | AnySchema
    ? Field
    : never;
}[keyof Fields];

/**
 * A map with known fields. A register is read and written as a property, and removed by
 * `undefined`; a container is read as a property, and is never missing.
 */
export type LiveMap<Fields extends FieldSchemas> = {
  [Field in RegisterFields<Fields>]: Shown<Fields[Field]> | undefined;
} & {
  readonly [Field in Exclude<keyof Fields, RegisterFields<Fields>>]: Live<Fields[Field]>;
};

/** Which map an object with fields shows. */
const maps = new WeakMap<object, MapState>();

/** The properties of each set of fields, made once. */
const prototypes = new WeakMap<FieldSchemas, object>();

/** An object with a property for each field. */
export function mapWithFields(map: MapState, fields: FieldSchemas): object {
  let prototype = prototypes.get(fields);
  if (prototype === undefined) {
    prototype = prototypeOf(fields);
    prototypes.set(fields, prototype);
  }
  const shown: object = {};
  Object.setPrototypeOf(shown, prototype);
  maps.set(shown, map);
  return shown;
}

function prototypeOf(fields: FieldSchemas): object {
  const prototype: object = {};
  Object.setPrototypeOf(prototype, null);
  define(prototype, 'toJSON', { value: toJSON });
  for (const [field, schema] of Object.entries(fields)) {
    define(prototype, field, {
      get(this: object): unknown {
        const map = mapOf(this);
        const type = typeOf(schema);
        if (type > 0) return live(map.nested(field, type), schema);
        const content = map.get(field);
        return content === undefined ? undefined : show(content, schema);
      },
      set(this: object, content: unknown): void {
        const map = mapOf(this);
        map.host.edit(() => {
          if (content === undefined) map.remove(field);
          else write(map, field, content, schema);
        });
      },
    });
  }
  return prototype;
}

function define(prototype: object, key: string, property: PropertyDescriptor): void {
  Object.defineProperty(prototype, key, { ...property, configurable: true });
}

function toJSON(this: object): unknown {
  return mapOf(this).toJSON();
}

/** The map that an object with fields shows. */
function mapOf(shown: object): MapState {
  const map = maps.get(shown);
  if (map === undefined) throw new TypeError('map: expected one of a document');
  return map;
}

/**
 * The same map with keys in place of fields: to remove one, to see conflicts and authors, to reach
 * what the schema does not know.
 */
export function recordOf(map: object): LiveRecord<AnySchema> {
  return new LiveRecord(mapOf(map), { kind: 'any' });
}
