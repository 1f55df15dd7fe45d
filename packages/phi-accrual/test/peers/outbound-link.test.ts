import { describe, expect, test } from 'vitest';

import { OutboundLink } from '../../src/peers/outbound-link.ts';

describe('OutboundLink', () => {
  test('is heard while what the peer heard of us is recent', () => {
    const link = new OutboundLink(3_000, 0);
    expect(link.state).toBe('unknown');
    expect(link.reported(900, 1_000)).toBe(false);
    expect(link.reported(900, 3_900)).toBe(false);
    expect(link.state).toBe('heard');
  });

  test('is lost when it gets too old, and back when it is recent again: each is news once', () => {
    const link = new OutboundLink(3_000, 0);
    link.reported(900, 1_000);
    expect(link.reported(900, 3_901)).toBe(true);
    expect(link.reported(900, 5_000)).toBe(false);
    expect(link.state).toBe('lost');
    expect(link.reported(5_900, 6_000)).toBe(true);
    expect(link.state).toBe('heard');
  });

  test('is lost when the peer has heard nothing since we began to send', () => {
    const link = new OutboundLink(3_000, 1_000);
    expect(link.reported(undefined, 4_000)).toBe(false);
    expect(link.state).toBe('unknown');
    expect(link.reported(undefined, 4_001)).toBe(true);
    expect(link.state).toBe('lost');
  });

  test('is given its time again when the peer has restarted, and is back as soon as heard', () => {
    const link = new OutboundLink(3_000, 0);
    link.reported(900, 1_000);
    link.restarted(10_000);
    expect(link.reported(undefined, 13_000)).toBe(false);
    expect(link.reported(undefined, 13_001)).toBe(true);
    link.restarted(20_000);
    expect(link.reported(undefined, 20_000)).toBe(false);
    expect(link.state).toBe('lost');
    expect(link.reported(20_100, 20_200)).toBe(true);
  });
});
