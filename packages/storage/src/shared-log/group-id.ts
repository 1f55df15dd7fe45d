/** What a group id may consist of. It also names a folder. */
const GROUP_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

/**
 * Checks the name of a group: 1 to 64 letters, digits, `_`, `-` and `.`, not beginning with a dot.
 *
 * @throws RangeError if it is none.
 */
export function checkGroupId(groupId: string): void {
  if (GROUP_ID.test(groupId)) return;
  throw new RangeError(
    `groupId: expected 1..64 of A-Z a-z 0-9 _ - and . but not first, got '${groupId}'`,
  );
}
