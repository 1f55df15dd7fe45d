import { ENSURE, isListInsertion, TREE_MOVE } from '../log/operation-kind.ts';
import { Container, type Host, type Operation } from './container.ts';

/**
 * All containers of which nothing is kept: they were in elements that were deleted before the
 * history begins. Nobody will see them again, so what is still done in them is left alone.
 */
export class Forgotten extends Container {
  readonly type: number = 0;

  constructor(host: Host) {
    super(host, undefined, undefined);
  }

  apply({ kind, lv, count, a }: Operation): void {
    const isNew = kind === ENSURE || isListInsertion(kind) || (kind === TREE_MOVE && a === -1);
    for (let at = lv; isNew && at < lv + count; at += 1) this.host.name(at, this);
  }

  revoke(): void {
    // It makes no difference.
  }

  reset(): void {
    // There is nothing.
  }

  isEmpty(): boolean {
    return true;
  }

  clear(): void {
    // There is nothing.
  }

  look(): unknown {
    return undefined;
  }

  write(): void {
    // It is in no file.
  }

  read(): void {
    // It is in no file.
  }

  toJSON(): unknown {
    return null;
  }
}
