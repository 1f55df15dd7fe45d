import { type RecoveredLog, recoverLog, type RecoveryObserver } from './log-recovery.ts';
import { LogWriter } from './log-writer.ts';
import type { SegmentFiles } from './segment-files.ts';
import { SegmentScan } from './segment-scan.ts';
import { resumeTail } from './tail-repair.ts';

/**
 * Recovers a log and opens it for writing behind its last batch, which is durable then.
 *
 * @throws What `recoverLog` and the disk throw.
 */
export async function openWriter(
  files: SegmentFiles,
  segmentBytes: number,
  observer?: RecoveryObserver,
): Promise<{ recovered: RecoveredLog; writer: LogWriter }> {
  const sequences = await files.list();
  const recovered = await recoverLog(
    sequences.map((sequence) => ({
      sequence,
      path: files.pathOf(sequence),
      // Its file stays open while it is among the last few used: recovery looks at two at a time.
      scan: () => files.use(sequence, (file) => SegmentScan.open(file, sequence)),
    })),
    observer,
  );
  const { state, tail } = recovered;
  const active = tail && (await resumeTail(files, tail));
  const lastSequence = sequences.at(-1) ?? 0;
  return { recovered, writer: new LogWriter(files, segmentBytes, { state, active, lastSequence }) };
}
