import { useEffect, useState } from 'react';
import type { Estimate } from '../api/types';
import { useLanguage } from '../i18n';
import { clock } from '../lib/format';
import { client, sentence } from '../state/client';
import { useDraft } from '../state/draft';
import { useJobs } from '../state/jobs';
import { useToast } from '../state/toasts';
import { Button, Card, Note } from '../ui/parts';
import { textOf } from './settings';

/** Seconds of the preview that is made before the whole. */
const previewSeconds = 3;

export function GeneratePanel({ step }: { step: number }) {
  const { t } = useLanguage();
  const { draft } = useDraft();
  const { reload } = useJobs();
  const toast = useToast();
  const [busy, setBusy] = useState<'whole' | 'preview' | null>(null);
  const { estimate, problem } = useEstimate();
  const { photo, voices } = draft;
  const ready = photo !== null && voices.length > 0;

  const start = async (kind: 'whole' | 'preview') => {
    const [first] = voices;
    if (!photo || !first) return;
    const common = { ...draft.settings, photo_id: photo.photo_id };
    setBusy(kind);
    try {
      if (kind === 'preview') {
        await client.generate({
          ...common,
          audio_path: first.audio_path,
          preview_duration: previewSeconds,
        });
      } else if (voices.length === 1) {
        await client.generate({ ...common, audio_path: first.audio_path });
      } else {
        await client.generateBatch({ ...common, audio_paths: voices.map((v) => v.audio_path) });
      }
      await reload();
      document.querySelector('#jobs')?.scrollIntoView({ block: 'nearest' });
    } catch (error) {
      toast('problem', sentence(error));
    } finally {
      setBusy(null);
    }
  };

  return (
    <Card title={t('generate.title')} step={step} className="generate">
      <Summary estimate={estimate} />
      {problem && <Note kind="problem">{problem}</Note>}
      {estimate?.notices
        .filter((notice) => !photo?.verdict?.notices.includes(notice)) // told beside the photo
        .map((notice) => (
          <Note key={notice}>{notice}</Note>
        ))}
      <div className="generate-actions">
        <Button
          kind="main"
          icon="film"
          disabled={!ready || busy !== null}
          busy={busy === 'whole'}
          onClick={() => void start('whole')}
        >
          {voices.length > 1 ? t('generate.many', { count: voices.length }) : t('generate.do')}
        </Button>
        <Button
          icon="play"
          disabled={!ready || busy !== null}
          busy={busy === 'preview'}
          onClick={() => void start('preview')}
        >
          {t('generate.preview', { seconds: previewSeconds })}
        </Button>
      </div>
      {!ready && (
        <p className="hint">
          {!photo && voices.length === 0
            ? t('generate.needs.both')
            : photo
              ? t('generate.needs.voice')
              : t('generate.needs.photo')}
        </p>
      )}
    </Card>
  );
}

function Summary({ estimate }: { estimate: Estimate | null }) {
  const { t } = useLanguage();
  const { draft } = useDraft();
  const { photo, voices } = draft;
  const total = voices.reduce((sum, voice) => sum + voice.duration, 0);
  const engine = estimate?.engine ?? String(draft.settings['engine'] ?? 'auto');
  return (
    <div className="summary">
      <div className="summary-photo">{photo && <img src={photo.photo_url} alt="" />}</div>
      <dl>
        <div>
          <dt>{t('generate.voices')}</dt>
          <dd>
            {voices.length ? t('voice.count', { count: voices.length, time: clock(total) }) : '–'}
          </dd>
        </div>
        <div>
          <dt>{t('settings.engine')}</dt>
          <dd>{textOf(`engine.${engine}`, t) ?? engine}</dd>
        </div>
        {estimate?.estimated_seconds ? (
          <div>
            <dt>{t('generate.estimate')}</dt>
            <dd>{t('time.about', { time: clock(estimate.estimated_seconds) })}</dd>
          </div>
        ) : null}
      </dl>
    </div>
  );
}

const settleMs = 400;

/** What the server says about the draft before anything is made of it. */
function useEstimate(): { estimate: Estimate | null; problem: string | null } {
  const { language } = useLanguage();
  const { draft } = useDraft();
  const [result, setResult] = useState<{ estimate: Estimate | null; problem: string | null }>({
    estimate: null,
    problem: null,
  });
  const { photo, voices, settings } = draft;
  useEffect(() => {
    const [first] = voices;
    if (!photo || !first) {
      setResult({ estimate: null, problem: null });
      return;
    }
    const request = new AbortController();
    const timer = setTimeout(() => {
      client
        .validate(
          { ...settings, photo_id: photo.photo_id, audio_path: first.audio_path },
          request.signal,
        )
        .then((estimate) => setResult({ estimate, problem: null }))
        .catch((error: unknown) => {
          if (!request.signal.aborted) setResult({ estimate: null, problem: sentence(error) });
        });
    }, settleMs);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [photo, voices, settings, language]);
  const parts = voices.length;
  const { estimate } = result;
  if (estimate?.estimated_seconds && parts > 1 && estimate.audio_duration > 0) {
    const total = voices.reduce((sum, voice) => sum + voice.duration, 0);
    const scaled = (estimate.estimated_seconds * total) / estimate.audio_duration;
    return { ...result, estimate: { ...estimate, estimated_seconds: scaled } };
  }
  return result;
}
