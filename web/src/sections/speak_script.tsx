import { useId, useState } from 'react';
import type { Voice } from '../api/types';
import { useLanguage } from '../i18n';
import { client, sentence } from '../state/client';
import { speechVoices } from '../state/features';
import { useToast } from '../state/toasts';
import { useRequest } from '../state/use_request';
import { Button, Failed, Note, Skeleton } from '../ui/parts';

/** Has a typed script spoken, where the server has a program for it. */
export function SpeakScript({ onVoice }: { onVoice: (voice: Voice) => void }) {
  const { t, language } = useLanguage();
  const toast = useToast();
  const voices = useRequest(speechVoices);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [speed, setSpeed] = useState(1);
  const [busy, setBusy] = useState(false);
  const id = useId();

  if (voices.error) return <Failed error={voices.error} retry={() => void voices.reload()} />;
  if (!voices.value) return <Skeleton className="skeleton-block" />;
  if (!voices.value.available) return <Note>{voices.value.reason ?? t('speak.unavailable')}</Note>;

  const list = voices.value.voices;
  const prefix = language.slice(0, 2);
  const voice =
    chosen ?? list.find((one) => one.language.startsWith(prefix))?.id ?? list[0]?.id ?? null;
  const speak = async () => {
    setBusy(true);
    try {
      onVoice(await client.speak({ text, voice, speed }));
      setText('');
    } catch (error) {
      toast('problem', sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="speak">
      <label htmlFor={`${id}-text`}>{t('speak.script')}</label>
      <textarea
        id={`${id}-text`}
        rows={4}
        value={text}
        placeholder={t('speak.placeholder')}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row wrap">
        <label className="field">
          <span>{t('speak.voice')}</span>
          <select value={voice ?? ''} onChange={(event) => setChosen(event.target.value)}>
            {list.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name} ({one.language})
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('speak.speed')}</span>
          <select value={speed} onChange={(event) => setSpeed(Number(event.target.value))}>
            {[0.8, 0.9, 1, 1.1, 1.2].map((value) => (
              <option key={value} value={value}>
                {value}×
              </option>
            ))}
          </select>
        </label>
        <Button
          kind="main"
          icon="mic"
          busy={busy}
          disabled={!text.trim()}
          onClick={() => void speak()}
        >
          {t('speak.do')}
        </Button>
      </div>
    </div>
  );
}
