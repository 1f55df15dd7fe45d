import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ThrottleWindow } from '../src/throttle-window.ts';

interface ModelRequest {
  readonly slice: number;
  readonly handle: number;
  isAccepted: boolean;
  isForgotten: boolean;
}

const sliceMs = 10;
const windowMs = 24 * sliceMs;

type Step =
  | { readonly kind: 'request' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'accept' | 'forget'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('request') }),
  fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: -50, max: 120 }) }),
  fc.record({ kind: fc.constantFrom('accept', 'forget'), which: fc.nat(40) }),
);

test('counts what a list of all requests says lies in the last 24 slices', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const window = new ThrottleWindow(windowMs);
      const requests: ModelRequest[] = [];
      let nowMs = 1_000;
      let slice = 100;
      window.advance(nowMs);
      for (const taken of steps) {
        if (taken.kind === 'pass') {
          nowMs += taken.ms;
          slice = Math.max(slice, Math.floor(nowMs / sliceMs));
          window.advance(nowMs);
        } else if (taken.kind === 'request') {
          const handle = window.request();
          requests.push({ slice, handle, isAccepted: false, isForgotten: false });
        } else settle(window, requests[taken.which], taken.kind);
        const known = requests.filter((one) => one.slice > slice - 24 && !one.isForgotten);
        expect(window.requestCount).toBe(known.length);
        expect(window.acceptCount).toBe(known.filter((one) => one.isAccepted).length);
      }
    }),
  );
});

/** A request is settled once, as the edge does. */
function settle(
  window: ThrottleWindow,
  request: ModelRequest | undefined,
  kind: 'accept' | 'forget',
): void {
  if (request === undefined || request.isAccepted || request.isForgotten) return;
  if (kind === 'accept') {
    request.isAccepted = true;
    window.accept(request.handle);
  } else {
    request.isForgotten = true;
    window.forget(request.handle);
  }
}
