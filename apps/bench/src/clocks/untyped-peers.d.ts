/** A peer without types of its own: the calls that the suites make. */

declare module 'vectorclock' {
  type Clock = Record<string, number>;
  const vectorclock: {
    increment(clock: Clock, id: string): Clock;
    compare(left: Clock, right: Clock): number;
    merge(left: Clock, right: Clock): Clock;
  };
  export default vectorclock;
}
