/**
 * What a map key, a list element or a mark can hold: JSON, and bytes besides.
 *
 * Numbers include NaN, -0 and the infinities; objects are plain, with their own keys in order.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };
