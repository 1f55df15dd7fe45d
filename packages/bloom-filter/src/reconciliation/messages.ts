/** What a reconciler asks its peer. All of it may be asked twice without harm. */
export type ReconcileRequest =
  | OpenRequest
  | SymbolsRequest
  | FilterRequest
  | AbsentRequest
  | FetchRequest
  | PushRequest
  | CloseRequest;

/**
 * Keep your set as it is now under this number, hash it from this seed, and send the first symbols.
 */
export interface OpenRequest {
  readonly kind: 'open';
  readonly session: number;
  readonly seed: number;
  readonly symbolCount: number;
}

/** The symbols from `start` to before `end`. */
export interface SymbolsRequest {
  readonly kind: 'symbols';
  readonly session: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Your filter of this part: of all items whose hash has the number `part` in the low bits of its
 * high half.
 */
export interface FilterRequest {
  readonly kind: 'filter';
  readonly session: number;
  readonly part: number;
  /** A power of 2. */
  readonly partCount: number;
}

/** Your items of this part that are not in this filter, from the `skip`-th of them on. */
export interface AbsentRequest {
  readonly kind: 'absent';
  readonly session: number;
  readonly part: number;
  readonly partCount: number;
  readonly skip: number;
  /** Words of the filter of what the asking node has. */
  readonly filter: Int32Array;
}

/** The items with these hashes: low half, then high half, of each. */
export interface FetchRequest {
  readonly kind: 'fetch';
  readonly session: number;
  readonly hashes: readonly number[];
}

/** Items that you lack. */
export interface PushRequest {
  readonly kind: 'push';
  readonly items: readonly Uint8Array[];
}

/** Forget the session. */
export interface CloseRequest {
  readonly kind: 'close';
  readonly session: number;
}

/** What the peer answers. */
export type ReconcileReply =
  | SymbolsReply
  | ItemsReply
  | FilterReply
  | { readonly kind: 'done' }
  /** It was given up for another, or the process is another. */
  | { readonly kind: 'unknownSession' };

/** Coded symbols, as in `Sketch.symbols`. */
export interface SymbolsReply {
  readonly kind: 'symbols';
  /** Of the whole set. */
  readonly elementCount: number;
  readonly start: number;
  readonly symbols: Int32Array;
}

/** As many of the items as fit. */
export interface ItemsReply {
  readonly kind: 'items';
  readonly items: readonly Uint8Array[];
  /** Items that did not fit: ask again. */
  readonly leftCount: number;
}

/** Words of a split-block filter. */
export interface FilterReply {
  readonly kind: 'filter';
  readonly filter: Int32Array;
}
