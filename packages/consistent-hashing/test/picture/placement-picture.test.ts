import { describe, expect, test } from 'vitest';

import { placementPicture } from '../../src/picture/placement-picture.ts';
import { ring } from '../../src/ring/ring.ts';

describe('a picture', () => {
  test('has a wedge for each arc that can be seen, and a bar for each node', () => {
    const picture = placementPicture(ring({ nodes: ['a', 'b', 'c'], pointsPerWeight: 4 }));
    expect(picture.match(/<rect /gu)).toHaveLength(3);
    const wedges = picture.match(/<path d="M/gu) ?? [];
    expect(wedges.length).toBeGreaterThanOrEqual(4);
    expect(wedges.length).toBeLessThanOrEqual(13);
    expect(picture).toMatch(/peak to mean \d\.\d\d</u);
    expect(picture).not.toContain('NaN');
  });

  test('of one node is one ring that is seen', () => {
    const picture = placementPicture(ring({ nodes: ['alone'] }));
    expect(picture.match(/<path d="M/gu)).toHaveLength(1);
    expect(picture).toContain('100.00 % of 100.00 %');
  });

  test('of nobody is empty', () => {
    const picture = placementPicture(ring({ nodes: [] }));
    expect(picture).toContain('ring of 0 nodes');
    expect(picture).not.toContain('<rect');
  });

  test('shows ids as they are, whatever they contain', () => {
    const picture = placementPicture(ring({ nodes: ['<b>&"\u0000\u0007', '__proto__'] }));
    expect(picture).toContain('<title>&lt;b&gt;&amp;&quot;\ufffd\ufffd</title>');
    expect(picture).not.toContain('<b>');
  });
});
