import { type ButtonHTMLAttributes, type ReactNode, useId } from 'react';
import { useT } from '../i18n';
import { Icon, type IconName } from './icons';

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: 'main' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  busy?: boolean;
};

export function Button({ kind = 'plain', icon, busy, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${kind} ${className ?? ''}`}
      aria-busy={busy || undefined}
      disabled={rest.disabled || busy}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

export function IconButton({
  label,
  icon,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { label: string; icon: IconName }) {
  return (
    <button type="button" {...rest} className="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}

export function Card({
  title,
  step,
  hint,
  aside,
  children,
  className,
}: {
  title: string;
  step?: number;
  hint?: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  return (
    <section className={`card ${className ?? ''}`} aria-labelledby={id}>
      <header className="card-head">
        {step !== undefined && (
          <span className="step" aria-hidden="true">
            {step}
          </span>
        )}
        <div>
          <h2 id={id}>{title}</h2>
          {hint && <p className="hint">{hint}</p>}
        </div>
        {aside && <div className="card-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** A sentence about what went wrong or is worth knowing, where it happened. */
export function Note({
  kind = 'info',
  children,
  action,
}: {
  kind?: 'info' | 'good' | 'problem';
  children: ReactNode;
  action?: ReactNode;
}) {
  const icon = { info: 'info', good: 'check', problem: 'warning' } as const;
  return (
    <div className={`note note-${kind}`} role={kind === 'problem' ? 'alert' : undefined}>
      <Icon name={icon[kind]} />
      <div>{children}</div>
      {action}
    </div>
  );
}

export function Failed({ error, retry }: { error: string; retry: () => void }) {
  const t = useT();
  return (
    <Note
      kind="problem"
      action={
        <Button kind="quiet" icon="again" onClick={retry}>
          {t('action.retry')}
        </Button>
      }
    >
      {error}
    </Note>
  );
}

export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      <p className="empty-title">{title}</p>
      {children && <p className="hint">{children}</p>}
      {action}
    </div>
  );
}

export function Skeleton({ className = '' }: { className?: string }) {
  return <div className={`skeleton ${className}`} aria-hidden="true" />;
}

export function ProgressBar({ value, label }: { value: number; label: string }) {
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value)}
    >
      <div style={{ transform: `scaleX(${Math.min(100, Math.max(0, value)) / 100})` }} />
    </div>
  );
}

/** One of a few choices, as radio buttons that look like one control. */
export function Segments<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: Value;
  choices: { value: Value; label: string; disabled?: boolean }[];
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            disabled={choice.disabled}
            onChange={() => onChange(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
