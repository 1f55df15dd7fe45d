import type { Unsubscribe } from '@quorate/transport';

const encoder = new TextEncoder();

/** Events that may wait for a reader before new ones are left out. */
const backlogMax = 256;

/**
 * A `text/event-stream` response: every event one `data:` line of JSON.
 *
 * A reader that does not keep up loses events rather than costing memory: events here are figures
 * of the moment, and the next ones say more.
 *
 * @param signal - Aborted when the reader goes.
 * @param start - Called once; calls `send` for every event, and later `end` if no more come;
 *   returns what stops it.
 */
export function eventStream(
  signal: AbortSignal,
  start: (send: (event: unknown) => void, end: () => void) => Unsubscribe,
): Response {
  let stop: Unsubscribe = () => undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Headers leave with the first bytes; without them the reader would wait for an event.
        controller.enqueue(encoder.encode(': open\n\n'));
        const send = (event: unknown): void => {
          if ((controller.desiredSize ?? 0) <= 0) return;
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
        };
        stop = start(send, () => {
          stop();
          controller.close();
        });
        signal.addEventListener('abort', () => {
          stop();
        });
      },
      cancel() {
        stop();
      },
    },
    { highWaterMark: backlogMax },
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
