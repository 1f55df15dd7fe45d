/** What can be said of a board: `status=resolved`. */
export const changeVerbs = [
  'title',
  'status',
  'note',
  'item',
  'done',
  'undone',
  'remove',
  'affected',
] as const;

/** All of them, as they are typed. */
export const changeForms: string = changeVerbs.map((verb) => `${verb}=…`).join(', ');
