/**
 * Waits for a later turn of the event loop, as soon as possible: `setImmediate` where there is one,
 * else a message to oneself, which browsers do not slow down as they do timers. (Node hands out a
 * thousand messages in one turn.)
 */
export const turnOfEventLoop: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise((resolve) => void setImmediate(resolve))
    : () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            port1.close();
            resolve();
          };
          port2.postMessage(undefined);
        });
