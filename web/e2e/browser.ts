import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
/** Where screenshots go; none are made without it. */
const pictures = process.env['DITTO_SCREENSHOTS'];

export const launch = () =>
  chromium.launch({
    executablePath: process.env['DITTO_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });

export interface Look {
  language: 'zh-TW' | 'en-US';
  scheme: 'light' | 'dark';
  phone: boolean;
}

export const desktop: Look = { language: 'zh-TW', scheme: 'light', phone: false };

/** A browser window of its own, which fails its test when the page asks another server. */
export async function open(browser: Browser, address: string, look: Look) {
  const context = await browser.newContext({
    locale: look.language,
    colorScheme: look.scheme,
    viewport: look.phone ? { width: 390, height: 844 } : { width: 1366, height: 900 },
    isMobile: look.phone,
    hasTouch: look.phone,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // What a Content-Security-Policy forbids is told here.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
      problems.push(message.text());
    }
  });
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address)) {
      problems.push(`asked ${request.url()}`);
    }
  });
  return { context, page, problems };
}

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe finds against WCAG 2.2 AA; nothing is right. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const runner = (window as unknown as { axe: { run: (...all: unknown[]) => Promise<unknown> } })
      .axe;
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return (await runner.run(document, { runOnly: tags })) as { violations: Violation[] };
  });
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`,
  );
}

export async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  const path = join(pictures, `${name}.jpg`);
  await page.screenshot({ path, type: 'jpeg', quality: 72 });
}

/** Closes the window; the page must have had no trouble. */
export async function close(context: BrowserContext, problems: string[]): Promise<void> {
  await context.close();
  expect(problems).toEqual([]);
}
