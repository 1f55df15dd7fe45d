/**
 * What Node is started with where it runs a node: how much memory may be traded for time.
 *
 * Left alone, V8 takes what the machine has. Its young generation grows to 64 MiB under load,
 * although next to nothing of what a request leaves there is used a second time; and garbage in the
 * old one may come to as much as what is alive before anybody looks. A node is a small part of its
 * machine, so it is told to be content with less:
 *
 *  - `max-semi-space-size`: half of the young generation, in MiB. Larger: fewer scavenges, which
 *    cost by what survives them. Smaller: it stays in the cache of the processor, and more of what
 *    is only under way gets old.
 *  - `heap-growing-percent`: by how much the old generation may grow between two collections of it.
 *    Larger: fewer of them, each of which costs by what is alive, and more garbage meanwhile.
 *  - `no-maglev`: of the two compilers for what is called often, only the later, better one. What
 *    the earlier one makes and works with takes 9 of 110 MiB of a node under load. Without it the
 *    first thousands of requests cost a tenth more of the processor.
 *
 * None is a limit to what a node may hold: who has more boards gets more memory. Source maps are
 * not asked for: they cost as much memory as the program itself.
 */
export const nodeFlags: readonly string[] = [
  '--max-semi-space-size=1',
  '--heap-growing-percent=20',
  '--no-maglev',
];

/**
 * The same outside of V8: glibc keeps what was freed apart for each thread, and a node has a dozen
 * threads that seldom allocate.
 */
export const nodeEnvironment: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '1' };
