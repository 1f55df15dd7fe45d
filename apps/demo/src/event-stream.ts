import type { Unsubscribe } from '@quorate/transport';

const encoder = new TextEncoder();

/** What becomes of events that a reader does not take in time. */
export interface Backlog {
  /**
   * `skips`: they are left out, where the next ones say more. `ends`: the stream ends before the
   * first of them, where each one counts; the reader comes back and says how far it got.
   */
  readonly whenBehind: 'skips' | 'ends';
}

const limits = {
  skips: new CountQueuingStrategy({ highWaterMark: 256 }),
  ends: new ByteLengthQueuingStrategy({ highWaterMark: 1_024 * 1_024 }),
} as const;

/**
 * A `text/event-stream` response: every event one `data:` line of JSON.
 *
 * @param signal - Aborted when the reader goes.
 * @param start - Called once; calls `send` for every event, and later `end` if no more come;
 *   returns what stops it.
 * @param backlog - Default: events are skipped.
 */
export function eventStream(
  signal: AbortSignal,
  start: (send: (event: unknown) => void, end: () => void) => Unsubscribe,
  { whenBehind }: Backlog = { whenBehind: 'skips' },
): Response {
  let stop: Unsubscribe = () => undefined;
  let isOver = false;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = (): void => {
          if (isOver) return;
          isOver = true;
          stop();
          controller.close();
        };
        // Headers leave with the first bytes; without them the reader would wait for an event.
        controller.enqueue(encoder.encode(': open\n\n'));
        const send = (event: unknown): void => {
          if (isOver) return;
          if ((controller.desiredSize ?? 0) > 0) {
            controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
          } else if (whenBehind === 'ends') end();
        };
        stop = start(send, end);
        if (isOver) stop();
        signal.addEventListener('abort', () => {
          stop();
        });
      },
      cancel() {
        isOver = true;
        stop();
      },
    },
    limits[whenBehind],
  );
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  });
}

/** Reads a `text/event-stream` to its end, and hands over the data of every event. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onData: (data: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const blocks = (rest + decoder.decode(part.value, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => line.startsWith('data: '));
      if (lines.length > 0) onData(lines.map((line) => line.slice('data: '.length)).join('\n'));
    }
  }
}
