import { expect, test } from 'vitest';
import { emotionText, singleEmotion } from '../src/lib/emotion';

const names = [
  { name: 'happy', label: '開心' },
  { name: 'neutral', label: '平靜' },
  { name: 'sad', label: '難過' },
];

test('a single emotion is its number, neutral where none is set', () => {
  expect([undefined, 3, '3', 0].map(singleEmotion)).toEqual([4, 3, 3, 0]);
});

test('several emotions are no single one', () => {
  for (const text of ['happy+sad', '0:neutral,2.5:happy', '12', '']) {
    expect(singleEmotion(text)).toBeNull();
  }
});

test('a blend shows shares where they differ', () => {
  expect(emotionText('happy+sad', names, 's')).toBe('開心 + 難過');
  expect(emotionText('happy=2+sad=2', names, 's')).toBe('開心 + 難過');
  expect(emotionText('happy=3+sad', names, 's')).toBe('開心 75% + 難過 25%');
});

test('a time line reads from left to right and is cut', () => {
  expect(emotionText('0:neutral,2.5:happy+sad', names, '秒')).toBe('0 秒 平靜 → 2.5 秒 開心 + 難過');
  const long = Array.from({ length: 1000 }, (_, i) => `${i}:sad`).join(',');
  expect(emotionText(long, names, 's')).toMatch(/→ 5 s 難過 → …$/);
});

test('what is unknown is shown as it is', () => {
  expect(emotionText('0:bored,x', names, 's')).toBe('0 s bored → x');
});
