import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { address, type Endpoint, endpoints } from '../src/api/endpoints';
import { close, desktop, launch, type Look, open, picture, violations } from './browser';
import { assets, pdf, Product, stripes, voice } from './product';

const product = new Product();
let browser: Browser;

beforeAll(async () => {
  await product.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await product.stop('SIGTERM');
  product.remove();
});

const presenter = join(assets, 'portrait.png');
const photoInput = (page: Page) => page.locator('.photo-stage input[type=file]');
const voiceInput = (page: Page) => page.locator('.voice-way input[type=file]');

/** Chooses the presenter and a voice of `seconds` called `name`, as on a first visit. */
async function choose(page: Page, name: string, seconds: number): Promise<void> {
  await photoInput(page).setInputFiles(presenter);
  await page.getByTestId('face-outline').waitFor();
  await voiceInput(page).setInputFiles(product.file(`${name}.wav`, voice(seconds)));
  await page.locator('.voice-row').waitFor();
}

const jobNamed = (page: Page, name: string) => page.locator('.job', { hasText: name });

test('a first visit ends with a finished video', async () => {
  const { context, page, problems } = await open(browser, product.address, desktop);
  await page.goto(product.address);
  await page.getByRole('heading', { level: 1, name: '製作講者影片' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-TW');
  await page.getByText('還沒有影片', { exact: true }).waitFor();
  const make = page.getByRole('button', { name: '開始製作' });
  expect(await make.isDisabled()).toBe(true);

  await choose(page, '第一課', 3);
  await page.locator('.waveform[data-drawn]').waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, 'create-zh');

  await make.click();
  const job = jobNamed(page, '第一課');
  await job.waitFor();
  await job.getByRole('link', { name: '觀看', exact: true }).click();
  await page.waitForFunction(() => (document.querySelector('video')?.duration ?? 0) > 2.5);
  expect(await violations(page)).toEqual([]);
  await picture(page, 'video-zh');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下載', exact: true }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('第一課.mp4');
  await close(context, problems);
});

test('a photo without a face is refused with what to do', async () => {
  const { context, page, problems } = await open(browser, product.address, {
    ...desktop,
    language: 'en-US',
  });
  await page.goto(product.address);
  await photoInput(page).setInputFiles(product.file('stripes.png', stripes(512)));
  const note = page.locator('.verdict [role=alert]');
  await note.waitFor();
  expect(await note.textContent()).toMatch(/face/i);
  expect(await violations(page)).toEqual([]);
  await picture(page, 'refused-en');
  // It stays in sight, so that it can be cropped, and is not used.
  expect(await page.locator('.photo-frame canvas').isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: 'Make the video' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Crop and rotate' }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await close(context, problems);
});

test('voices are ordered by name and moved with the keyboard', async () => {
  const { context, page, problems } = await open(browser, product.address, desktop);
  await page.goto(product.address);
  const names = ['slide 10.wav', 'slide 2.wav', 'slide 1.wav'];
  await voiceInput(page).setInputFiles(names.map((name) => product.file(name, voice(1))));
  const order = () => page.locator('.voice-name').allTextContents();
  await expect.poll(order).toEqual(['slide 1.wav', 'slide 2.wav', 'slide 10.wav']);
  await page.getByRole('button', { name: '將「slide 10.wav」上移' }).focus();
  await page.keyboard.press('Enter');
  expect(await order()).toEqual(['slide 1.wav', 'slide 10.wav', 'slide 2.wav']);
  expect(await page.getByText('「slide 10.wav」現在是第 2 段').count()).toBe(1);
  // They are there again after a visit elsewhere.
  await page.reload();
  expect(await order()).toEqual(['slide 1.wav', 'slide 10.wav', 'slide 2.wav']);
  await close(context, problems);
});

test('a running video can be stopped', async () => {
  const { context, page, problems } = await open(browser, product.address, {
    ...desktop,
    language: 'en-US',
  });
  await page.goto(product.address);
  await choose(page, 'long story', 240);
  await page.getByRole('button', { name: 'Make the video' }).click();
  const job = jobNamed(page, 'long story');
  await job.getByRole('progressbar').waitFor();
  await job.getByRole('button', { name: 'Stop' }).click();
  await job.getByText('Stopped.').waitFor();
  await close(context, problems);
});

test('a server that dies in the middle makes the video after all', async () => {
  const { context, page, problems } = await open(browser, product.address, desktop);
  await page.goto(product.address);
  await choose(page, '中斷', 40);
  await page.getByRole('button', { name: '開始製作' }).click();
  const job = jobNamed(page, '中斷');
  await job.getByRole('progressbar').waitFor();
  const progress = async () =>
    Number(await job.getByRole('progressbar').getAttribute('aria-valuenow'));
  await expect.poll(progress, { timeout: 60_000 }).toBeGreaterThan(10);
  await picture(page, 'progress-zh');
  await product.stop('SIGKILL');
  await page.getByText('服務沒有回應').first().waitFor();
  await product.start();
  await job.getByRole('link', { name: '觀看', exact: true }).waitFor({ timeout: 100_000 });
  await close(context, problems);
});

test('a deck of five slides becomes a video with chapters and subtitles', async () => {
  const { context, page, problems } = await open(browser, product.address, desktop);
  await page.goto(`${product.address}/#/slides`);
  const titles = ['Water cycle', 'Rain', 'Snow', 'Rivers', 'Thank you'];
  await page
    .locator('.drop-zone input[type=file]')
    .setInputFiles(product.file('水循環.pdf', pdf(titles)));
  const cards = page.locator('.slide-card');
  await expect.poll(() => cards.count(), { timeout: 30_000 }).toBe(5);
  if ((await page.locator('.photo-frame').count()) === 0) {
    await photoInput(page).setInputFiles(presenter);
  }
  await page.getByTestId('face-outline').waitFor();
  // Two with a recording, two whose scripts are spoken, one silent.
  for (const number of [1, 2]) {
    const card = page.getByRole('article', { name: `第 ${number} 張投影片` });
    await card
      .locator('input[type=file]')
      .setInputFiles(product.file(`slide_${number}.wav`, voice(2)));
    await card.locator('.voice-row').waitFor();
  }
  await page.getByLabel('第 1 張的講稿').fill('各位同學大家好。');
  await page.getByLabel('第 3 張的講稿').fill('高山上下雪。');
  await page.getByLabel('第 4 張的講稿').fill('河水流向大海。');
  expect(await violations(page)).toEqual([]);
  // Nothing is wider than the card that it lies in.
  const panel = page.locator('.generate');
  expect(await panel.evaluate((card) => card.scrollWidth - card.clientWidth)).toBeLessThan(2);
  await picture(page, 'slides-zh');
  await page.getByRole('button', { name: '製作簡報影片' }).click();
  const job = jobNamed(page, '水循環');
  await job.getByRole('link', { name: '觀看', exact: true }).click({ timeout: 120_000 });
  await page.waitForFunction(() => (document.querySelector('video')?.duration ?? 0) > 8);
  await expect.poll(() => page.locator('.chapters button').allTextContents()).toHaveLength(5);
  const third = page.locator('.chapters button').nth(2);
  expect(await third.textContent()).toContain('Snow');
  await third.click();
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 4);
  const cues = await page.evaluate(async () => {
    const track = document.querySelector('track');
    return (await (await fetch(track?.src ?? '')).text()).split('\n');
  });
  for (const words of ['各位同學大家好。', '高山上下雪。', '河水流向大海。']) {
    expect(cues).toContain(words);
  }
  await page.getByRole('link', { name: 'SRT' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, 'presentation-zh');
  await close(context, problems);
});

const looks: Look[] = [
  { language: 'zh-TW', scheme: 'light', phone: true },
  { language: 'zh-TW', scheme: 'dark', phone: false },
  { language: 'en-US', scheme: 'light', phone: false },
  { language: 'en-US', scheme: 'dark', phone: true },
];

test.each(looks)('every section in $language, $scheme, phone $phone', async (look) => {
  const { context, page, problems } = await open(browser, product.address, look);
  const name = `${look.language}-${look.scheme}-${look.phone ? 'phone' : 'desktop'}`;
  for (const section of ['', 'slides', 'history', 'system']) {
    await page.goto(`${product.address}/#/${section}`);
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    expect(await violations(page), section).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider, section).toBeLessThanOrEqual(0);
    await picture(page, `${section || 'create'}-${name}`);
  }
  await close(context, problems);
});

test('the language is switched, remembered, and asked for', async () => {
  const { context, page, problems } = await open(browser, product.address, desktop);
  const languages = new Set<string>();
  await page.goto(product.address);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { level: 1, name: 'Make a presenter video' }).waitFor();
  page.on('request', (request) => {
    if (request.url().includes('/api/')) languages.add(request.headers()['accept-language'] ?? '');
  });
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Make a presenter video' }).waitFor();
  await expect.poll(() => [...languages]).toEqual(['en']);
  await close(context, problems);
});

test('the service knows every endpoint of avatars', async () => {
  const id = '00000000-0000-4000-8000-000000000000';
  const unknown: string[] = [];
  for (const endpoint of Object.keys(endpoints) as Endpoint[]) {
    const { url } = address(endpoint, { id });
    if (!url.startsWith('/api/avatar/')) continue;
    // No endpoint takes PATCH: 405 where the address is known, 404 where it is not.
    const { status } = await fetch(product.address + url, { method: 'PATCH' });
    if (status !== 405) unknown.push(`${endpoint} ${status}`);
  }
  expect(unknown).toEqual([]);
});

test('what /openapi.json says of the page’s endpoints fits', async () => {
  const description = (await (await fetch(`${product.address}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const anyName = (path: string) => path.replace(/\{\w+\}/g, '{}');
  const methods = new Map(
    Object.entries(description.paths).map(([path, all]) => [anyName(path), Object.keys(all)]),
  );
  for (const one of Object.values(endpoints)) {
    const [method = '', path = ''] = one.split(' ');
    const described = methods.get(anyName(path));
    if (described) expect(described, path).toContain(method.toLowerCase());
  }
});
