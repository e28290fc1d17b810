export type Language = 'zh-TW' | 'en';

/** The language of a first visit: the first of the browser's that there is, else English. */
export function firstLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-TW';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
