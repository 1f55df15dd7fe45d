/** The seed of `SEED` to replay it, else `count` of them; `SEED_COUNT` asks for more. */
export function seedsOf(count: number): readonly number[] {
  const { SEED: replay, SEED_COUNT: wanted } = process.env;
  if (replay !== undefined) return [Number(replay)];
  return Array.from({ length: Number(wanted ?? count) }, (_, seed) => seed);
}
