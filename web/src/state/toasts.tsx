import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { useT } from '../i18n';
import { Icon } from '../ui/icons';

interface Toast {
  id: number;
  kind: 'done' | 'problem';
  text: string;
}

type Show = (kind: Toast['kind'], text: string) => void;
const ToastContext = createContext<Show>(() => undefined);
export const useToast = () => useContext(ToastContext);

/** Problems stay until they are read; the rest goes by itself. */
const lifetimeMs = { done: 5000, problem: 15000 };

export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useT();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const count = useRef(0);
  const drop = useCallback((id: number) => setToasts((old) => old.filter((o) => o.id !== id)), []);
  const show = useCallback<Show>(
    (kind, text) => {
      count.current += 1;
      const id = count.current;
      setToasts((old) => [...old.filter((o) => o.text !== text), { id, kind, text }].slice(-3));
      setTimeout(() => drop(id), lifetimeMs[kind]);
    },
    [drop],
  );
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, kind, text }) => (
          <div key={id} className={`toast toast-${kind}`}>
            <Icon name={kind === 'done' ? 'check' : 'warning'} />
            <p>{text}</p>
            <button className="icon-button" aria-label={t('action.close')} onClick={() => drop(id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
