import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useT } from '../i18n';
import { Button, IconButton } from './parts';

/** A modal dialog; the browser keeps the focus inside and gives it back afterwards. */
export function Dialog({
  title,
  onClose,
  children,
  actions,
  wide,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
}) {
  const t = useT();
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <IconButton label={t('action.close')} icon="close" onClick={onClose} />
      </header>
      <div className="dialog-body">{children}</div>
      {actions && <footer>{actions}</footer>}
    </dialog>
  );
}

export function Confirm({
  title,
  text,
  action,
  onYes,
  onNo,
}: {
  title: string;
  text: string;
  action: string;
  onYes: () => void;
  onNo: () => void;
}) {
  const t = useT();
  return (
    <Dialog
      title={title}
      onClose={onNo}
      actions={
        <>
          <Button onClick={onNo} autoFocus>
            {t('action.keep')}
          </Button>
          <Button kind="danger" onClick={onYes}>
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
