import { expect, test } from 'vitest';
import { address } from '../src/api/endpoints';
import { firstLanguage } from '../src/i18n/first_language';
import { frame, settled, wholePhoto } from '../src/lib/crop';
import { byName, bytes, clock, moved, shortened } from '../src/lib/format';
import { peaks } from '../src/lib/waveform';
import { hrefOf, parseRoute, type Route } from '../src/router';

test('lengths read as on a player', () => {
  expect([0, 7.4, 59.6, 754, 3723].map(clock)).toEqual(['0:00', '0:07', '1:00', '12:34', '1:02:03']);
});

test('sizes have a unit that fits', () => {
  expect([0, 999, 2048, 12.3 * 2 ** 20, 2.3 * 2 ** 30, 640 * 2 ** 30].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '2.0 KB',
    '12.3 MB',
    '2.3 GB',
    '640 GB',
  ]);
});

test('a long text is cut', () => {
  expect(shortened('0:sad,1:happy', 5)).toBe('0:sad…');
  expect(shortened('0:sad', 5)).toBe('0:sad');
});

test('files are sorted as people count', () => {
  const names = ['slide 10.wav', 'Slide 2.wav', 'slide 1.wav'];
  expect(byName(names.map((name) => ({ name }))).map(({ name }) => name)).toEqual([
    'slide 1.wav',
    'Slide 2.wav',
    'slide 10.wav',
  ]);
});

test('an item moves and the others keep their order', () => {
  expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd']);
  expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  expect(moved(['a'], 5, 0)).toEqual(['a']);
});

test('a waveform is as loud as its loudest part', () => {
  const samples = new Float32Array(1000);
  samples[150] = -0.25;
  samples[950] = 0.5;
  const parts = peaks(samples, 10);
  expect(parts).toHaveLength(10);
  expect([parts[0], parts[1], parts[9]]).toEqual([0, 0.5, 1]);
  expect(peaks(new Float32Array(0), 4)).toEqual([0, 0, 0, 0]);
});

test('a cropped frame never leaves the photo', () => {
  for (const turns of [0, 1, 2, 3] as const) {
    for (const aspect of [null, 1, 3 / 4, 16 / 9]) {
      for (const zoom of [1, 2.5, 4]) {
        for (const centre of [[0, 0], [0.5, 0.5], [1, 1], [-3, 9]] as [number, number][]) {
          const rect = frame(800, 600, { turns, zoom, centre, aspect });
          const [w, h] = turns % 2 ? [600, 800] : [800, 600];
          expect(rect.x).toBeGreaterThanOrEqual(0);
          expect(rect.y).toBeGreaterThanOrEqual(0);
          expect(rect.x + rect.width).toBeLessThanOrEqual(w + 1e-6);
          expect(rect.y + rect.height).toBeLessThanOrEqual(h + 1e-6);
          expect(rect.width / rect.height).toBeCloseTo(aspect ?? w / h, 6);
        }
      }
    }
  }
});

test('a view that was dragged too far settles at the edge', () => {
  const view = settled(800, 600, { ...wholePhoto, zoom: 2, centre: [5, -5] });
  expect(view.centre[0]).toBeCloseTo(0.75);
  expect(view.centre[1]).toBeCloseTo(0.25);
});

test('addresses lead where they came from', () => {
  const routes: Route[] = [
    { page: 'create' },
    { page: 'slides' },
    { page: 'history' },
    { page: 'system' },
    { page: 'video', id: 'a/b c' },
    { page: 'compare', ids: ['x', 'y'] },
  ];
  for (const route of routes) expect(parseRoute(hrefOf(route))).toEqual(route);
  expect(parseRoute('#/nowhere')).toEqual({ page: 'create' });
  expect(parseRoute('')).toEqual({ page: 'create' });
});

test('an address has its names in the path and the rest as a query', () => {
  expect(address('retrySlide', { id: 'a b', number: 2 }).url).toBe(
    '/api/presentation/a%20b/slides/2/retry',
  );
  expect(address('jobs', { q: '一', status: undefined, limit: 5 }).url).toBe(
    '/api/avatar/jobs?q=%E4%B8%80&limit=5',
  );
});

test.each([
  [['zh-TW', 'en'], 'zh-TW'],
  [['zh-Hant-HK'], 'zh-TW'],
  [['en-GB', 'zh-TW'], 'en'],
  [['fr', 'zh-CN'], 'zh-TW'],
  [['fr'], 'en'],
  [[], 'en'],
])('a browser that wants %j sees %s', (wanted, language) => {
  expect(firstLanguage(wanted)).toBe(language);
});
