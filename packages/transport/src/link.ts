/**
 * One duplex pipe of bytes between two processes: in order and whole until it breaks. What a
 * carrier gives to the session layer, which adds names, frames, queues and everything else.
 */
export interface Link {
  /** Whether the carrier finds damaged bytes itself (TLS, ports): frames then need no checksum. */
  readonly isProtected: boolean;

  /**
   * The platform's own CRC-32 (zlib's), where it has one: several times as fast as any written in
   * JavaScript. Left out where it has none.
   */
  readonly crc32?: (bytes: Uint8Array) => number;

  /** What the carrier knows about the other end; handed to the authentication hook. */
  readonly security: LinkSecurity | undefined;

  /**
   * Sends `batches`, one after another, in as few operations as the carrier can.
   *
   * Called again only after `LinkHandler.written`, so a carrier that is not ready for more says
   * nothing: this is the whole of flow control. The buffers belong to the link until then. Never
   * throws; a link that cannot write calls `closed`.
   */
  write(batches: readonly Uint8Array[]): void;

  /** Closes in good order once everything written has left. Nothing is written afterwards. */
  end(): void;

  /** Closes at once and forgets what has not left. */
  destroy(): void;
}

/** What a carrier knows about the far end of an encrypted link. */
export interface LinkSecurity {
  /** Whether the far end showed a certificate that the local trust store accepts. */
  readonly isAuthorized: boolean;
  /** SHA-256 fingerprint of the far end's certificate, or undefined if it showed none. */
  readonly fingerprint: string | undefined;
  /** Common name of that certificate's subject. */
  readonly commonName: string | undefined;
  /** Its subject alternative names, as one string: `DNS:n1, IP Address:10.0.0.1`. */
  readonly alternativeNames: string | undefined;
  /**
   * Bytes that both ends of this link, and nobody between them, can compute (RFC 5705). Part of
   * what a proof signs, so that a proof cannot be relayed from another connection.
   */
  readonly binding: Uint8Array | undefined;
}

/** What a link tells its session. Never called from inside a method of the link. */
export interface LinkHandler {
  /**
   * Bytes arrived, split and merged in any way.
   *
   * @param chunk - Borrowed until the call returns.
   */
  received(chunk: Uint8Array): void;

  /** The batches of the last `write` have left and their buffers are free again. */
  written(): void;

  /** What arrived cannot be of a peer, `what` says why: counted, and the session is over. */
  malformed(what: string): void;

  /** The link is gone. Called once; nothing is called afterwards. */
  closed(error?: unknown): void;
}

/** When deferred work runs. A carrier implements it with what its platform has. */
export interface Turn {
  /** Runs `callback` after the running code, with whatever else is ready before the next write. */
  flush(callback: () => void): void;
  /** Runs `callback` in a later turn of the event loop, so that timers and I/O are not starved. */
  next(callback: () => void): void;
}
