/**
 * All of `@quorate/hash`, but for functions that `keyHasher` knows: here that is the default alone.
 *
 * A bundler cannot tell which functions are asked for by name, so it keeps all five. Who asks for
 * none, in a page perhaps, lets it take this module wherever '@quorate/hash' is imported.
 *
 * @packageDocumentation
 */
export * from '../index.ts';
export { hashIdOf, keyHasher } from './key-hasher.ts';
