import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from '../src/i18n/en';
import { zhTW } from '../src/i18n/zh-TW';

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test('both catalogues have the same keys', () => {
  expect(Object.keys(zhTW).sort()).toEqual(Object.keys(en).sort());
});

test.each(Object.entries(en))('%s takes the same values in both languages', (key, text) => {
  expect(placeholders(zhTW[key as keyof typeof en])).toEqual(placeholders(text));
});

test('Chinese sentences have Chinese punctuation', () => {
  const halfWidth = Object.entries(zhTW).filter(([, text]) => /\p{sc=Han}[,;:?!()]/u.test(text));
  expect(halfWidth).toEqual([]);
});

test('every text of the catalogue is used', () => {
  const folder = new URL('../src', import.meta.url).pathname;
  const sources = (path: string): string[] =>
    readdirSync(path).flatMap((name) => {
      const file = join(path, name);
      if (statSync(file).isDirectory()) return name === 'i18n' ? [] : sources(file);
      return /\.tsx?$/.test(name) ? [readFileSync(file, 'utf8')] : [];
    });
  const code = sources(folder).join('\n') + readFileSync(join(folder, 'i18n/index.tsx'), 'utf8');
  // Keys that are made of parts: t(`nav.${page}`).
  const made = [...code.matchAll(/`([\w.]+)\.\$\{/g)].map(([, start]) => `${start}.`);
  const unused = Object.keys(en).filter(
    (key) => !code.includes(`'${key}'`) && !made.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
