/** The command that runs `seed` of a test file again. */
export function replayCommand(file: string, seed: number): string {
  return `replay: SEED=${seed} pnpm exec vitest run --project raft ${file}`;
}
