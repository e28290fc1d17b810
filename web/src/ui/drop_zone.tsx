import { type ReactNode, useId, useRef, useState } from 'react';
import { Icon, type IconName } from './icons';

/** Takes files that are dropped on it or chosen with the button in it. */
export function DropZone({
  label,
  hint,
  icon,
  accept,
  multiple,
  busy,
  onFiles,
  children,
}: {
  label: string;
  hint: string;
  icon: IconName;
  accept: string;
  multiple?: boolean;
  busy?: boolean;
  onFiles: (files: File[]) => void;
  children?: ReactNode;
}) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <div
      className="drop-zone"
      data-over={over || undefined}
      aria-busy={busy || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const files = [...event.dataTransfer.files];
        if (files.length && !busy) onFiles(multiple ? files : files.slice(0, 1));
      }}
    >
      <input
        ref={input}
        id={id}
        className="visually-hidden"
        type="file"
        accept={accept}
        multiple={multiple}
        disabled={busy}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length) onFiles(files);
        }}
      />
      <label htmlFor={id}>
        <span className="drop-icon">
          {busy ? <span className="spinner" aria-hidden="true" /> : <Icon name={icon} />}
        </span>
        <span className="drop-label">{label}</span>
        <span className="hint">{hint}</span>
      </label>
      {children && <div className="drop-actions">{children}</div>}
    </div>
  );
}
