import { useState, useSyncExternalStore } from 'react';
import { useT } from '../i18n';
import { client, sentence } from '../state/client';
import { onQuestion, pendingQuestion } from '../state/key_prompt';
import { Dialog } from '../ui/dialog';
import { Button, Note } from '../ui/parts';

/** Asks for the API key when the server wants one; the server keeps it in a cookie. */
export function KeyDialog() {
  const t = useT();
  const answer = useSyncExternalStore(onQuestion, pendingQuestion);
  const [key, setKey] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (!answer) return null;
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      await client.openSession(key.trim());
      setKey('');
      answer(true);
    } catch (problem) {
      setError(sentence(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('key.title')}
      onClose={() => answer(false)}
      actions={
        <Button kind="main" icon="key" type="submit" form="key-form" busy={busy} disabled={!key.trim()}>
          {t('key.do')}
        </Button>
      }
    >
      <form
        id="key-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>{t('key.text')}</p>
        <label className="field">
          <span>{t('key.label')}</span>
          <input
            type="password"
            autoComplete="current-password"
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        </label>
        {error && <Note kind="problem">{error}</Note>}
      </form>
    </Dialog>
  );
}
