// What test/support/websocket-hub.ts tells the pages, as a type of both.
declare module 'vitest' {
  interface ProvidedContext {
    /** Where pages reach the hub. */
    readonly hubUrl: string;
  }
}

export {};
