import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { oneOf, recall, remember } from '../lib/storage';
import { en, type Key } from './en';
import { firstLanguage, type Language } from './first_language';
import { zhTW } from './zh-TW';

export type Values = Record<string, string | number>;
export type Translate = (key: Key, values?: Values) => string;

export const catalogues: Record<Language, Record<Key, string>> = { 'zh-TW': zhTW, en };

export function translator(language: Language): Translate {
  const catalogue = catalogues[language];
  return (key, values = {}) =>
    catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** For the client, which lives outside of React. */
let current: Language = recall('language', oneOf('zh-TW', 'en')) ?? firstLanguage(navigator.languages);
export const currentLanguage = () => current;
export const translate: Translate = (key, values) => translator(current)(key, values);

interface Value {
  language: Language;
  setLanguage: (language: Language) => void;
  t: Translate;
}

const LanguageContext = createContext<Value | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setState] = useState(current);
  const value = useMemo<Value>(
    () => ({
      language,
      t: translator(language),
      setLanguage: (next) => {
        current = next;
        remember('language', next);
        setState(next);
      },
    }),
    [language],
  );
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = value.t('app.title');
  }, [language, value]);
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

export function useLanguage(): Value {
  const value = useContext(LanguageContext);
  if (!value) throw new Error('outside of LanguageProvider');
  return value;
}

export const useT = () => useLanguage().t;
export type { Key };
