import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

/** The folder of the built page; the tests of the whole product name it. */
const folder = process.env['DITTO_STUDIO'];
const largestFirstLoad = 200_000;

describe.skipIf(!folder)('the built page', () => {
  const root = folder ?? '';
  const page = folder ? readFileSync(join(root, 'index.html'), 'utf8') : '';
  const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');

  test('loads nothing from elsewhere', () => {
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((path) => !path.startsWith('/assets/'))).toEqual([]);
  });

  test('has no script or style that a strict Content-Security-Policy forbids', () => {
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
    const styles = readdirSync(join(root, 'assets')).filter((name) => name.endsWith('.css'));
    for (const name of styles) {
      expect(readFileSync(join(root, 'assets', name), 'utf8')).not.toMatch(/url\(|@import/);
    }
  });

  test('is small to load', () => {
    const sizes = ['/index.html', ...named].map((path) => readFileSync(join(root, `${path}.gz`)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(largestFirstLoad);
  });

  test('has the same text compressed beside it', () => {
    for (const path of ['/index.html', ...named]) {
      const plain = readFileSync(join(root, path));
      expect(gunzipSync(readFileSync(join(root, `${path}.gz`))).equals(plain)).toBe(true);
      expect(brotliDecompressSync(readFileSync(join(root, `${path}.br`))).equals(plain)).toBe(true);
    }
  });
});
