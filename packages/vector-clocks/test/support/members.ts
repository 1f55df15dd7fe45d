import { nodeId } from '@quorate/transport';

import type { Member } from '../../src/broadcast/member.ts';

/** Members from ids such as 'a@1'. */
export function membersOf(...ids: readonly string[]): readonly Member[] {
  return ids.map((id) => {
    const [node = '', incarnation = ''] = id.split('@');
    return { node: nodeId(node), incarnation: Number(incarnation) };
  });
}
