import { useEffect, useState } from 'react';
import { oneOf, recall, remember } from '../lib/storage';

export type Theme = 'auto' | 'light' | 'dark';
export const themes: Theme[] = ['auto', 'light', 'dark'];

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => recall('theme', oneOf(...themes)) ?? 'auto');
  useEffect(() => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    remember('theme', theme);
  }, [theme]);
  return [theme, setTheme];
}
