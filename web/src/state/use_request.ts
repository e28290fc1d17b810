import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/errors';
import { useLanguage } from '../i18n';
import { sentence } from './client';

export interface Requested<Value> {
  value: Value | null;
  error: string | null;
  /** This service does not have what was asked for. */
  missing: boolean;
  reload: () => Promise<void>;
}

/**
 * The answer of `ask`, asked at first and whenever `reload` is called, `key` or the language
 * changes. An answer stays while the next one is on its way, so that nothing jumps.
 */
export function useRequest<Value>(ask: () => Promise<Value>, key = ''): Requested<Value> {
  const { language } = useLanguage();
  const [state, setState] = useState<Omit<Requested<Value>, 'reload'>>({
    value: null,
    error: null,
    missing: false,
  });
  const newest = useRef(0);
  const latest = useRef(ask);
  latest.current = ask;

  const reload = useCallback(async () => {
    newest.current += 1;
    const mine = newest.current;
    try {
      const value = await latest.current();
      if (mine === newest.current) setState({ value, error: null, missing: false });
    } catch (error) {
      if (mine !== newest.current) return;
      const missing = error instanceof ApiError && error.status === 404;
      setState((old) => ({ ...old, error: sentence(error), missing }));
    }
  }, []);

  useEffect(() => {
    void reload();
    return () => {
      newest.current += 1;
    };
  }, [reload, key, language]);
  return { ...state, reload };
}
