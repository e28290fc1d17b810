import { type PointerEvent, useRef, useState } from 'react';
import type { Voice } from '../api/types';
import { useT } from '../i18n';
import { byName, clock, moved } from '../lib/format';
import { client, sentence } from '../state/client';
import { useDraft } from '../state/draft';
import { useToast } from '../state/toasts';
import { DropZone } from '../ui/drop_zone';
import { Icon } from '../ui/icons';
import { Card, IconButton, Segments } from '../ui/parts';
import { canRecord, Recorder } from '../ui/recorder';
import { SpeakScript } from './speak_script';
import { VoiceRow } from './voice_row';

export const audioTypes = 'audio/*,video/*,.wav,.mp3,.m4a,.flac,.ogg,.opus,.aac,.webm';
type Way = 'files' | 'record' | 'speak';

export function VoiceSection({ step }: { step: number }) {
  const t = useT();
  const { draft, change } = useDraft();
  const [way, setWay] = useState<Way>('files');
  const [waiting, setWaiting] = useState(0);
  const toast = useToast();
  const add = (voice: Voice) => change((old) => ({ voices: [...old.voices, voice] }));

  const upload = async (files: { blob: Blob; name: string }[]) => {
    setWaiting((count) => count + files.length);
    for (const { blob, name } of byName(files)) {
      try {
        add(await client.uploadAudio(blob, name));
      } catch (error) {
        toast('problem', `${name}: ${sentence(error)}`);
      } finally {
        setWaiting((count) => count - 1);
      }
    }
  };

  const total = draft.voices.reduce((sum, voice) => sum + voice.duration, 0);
  return (
    <Card
      title={t('voice.title')}
      hint={t('voice.hint')}
      step={step}
      aside={
        draft.voices.length > 0 && (
          <span className="badge">
            {t('voice.count', { count: draft.voices.length, time: clock(total) })}
          </span>
        )
      }
    >
      <Segments
        label={t('voice.way')}
        value={way}
        onChange={setWay}
        choices={[
          { value: 'files', label: t('voice.way.files') },
          { value: 'record', label: t('voice.way.record'), disabled: !canRecord() },
          { value: 'speak', label: t('voice.way.speak') },
        ]}
      />
      <div className="voice-way">
        {way === 'files' && (
          <DropZone
            icon="upload"
            label={t('voice.drop')}
            hint={t('voice.formats')}
            accept={audioTypes}
            multiple
            busy={waiting > 0}
            onFiles={(files) => void upload(files.map((blob) => ({ blob, name: blob.name })))}
          />
        )}
        {way === 'record' && (
          <Recorder
            onDone={(blob, ending) =>
              void upload([
                { blob, name: `${t('record.name', { number: draft.voices.length + 1 })}.${ending}` },
              ])
            }
          />
        )}
        {way === 'speak' && <SpeakScript onVoice={add} />}
      </div>
      <VoiceList waiting={waiting} />
    </Card>
  );
}

function VoiceList({ waiting }: { waiting: number }) {
  const t = useT();
  const { draft, change } = useDraft();
  const [said, setSaid] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const move = (from: number, to: number) => {
    if (to < 0 || to >= draft.voices.length || to === from) return;
    change((old) => ({ voices: moved(old.voices, from, to) }));
    const name = draft.voices[from]?.name ?? '';
    setSaid(t('voice.moved', { name, place: to + 1, count: draft.voices.length }));
  };

  /** While a row is dragged it takes the place of the row under the pointer. */
  const onPointerMove = (event: PointerEvent) => {
    if (dragged === null || !list.current) return;
    const from = draft.voices.findIndex((voice) => voice.audio_id === dragged);
    const rows = [...list.current.children];
    const to = rows.findIndex((row) => {
      const box = row.getBoundingClientRect();
      return event.clientY >= box.top && event.clientY <= box.bottom;
    });
    if (from >= 0 && to >= 0 && to < draft.voices.length) move(from, to);
  };

  return (
    <>
      {(draft.voices.length > 0 || waiting > 0) && (
        <ol className="voices" ref={list} aria-label={t('voice.list')}>
          {draft.voices.map((voice, index) => (
            <li key={voice.audio_id} data-dragged={dragged === voice.audio_id || undefined}>
              {draft.voices.length > 1 && (
                <span
                  className="grip"
                  aria-hidden="true"
                  onPointerDown={(event) => {
                    event.currentTarget.setPointerCapture(event.pointerId);
                    setDragged(voice.audio_id);
                  }}
                  onPointerMove={onPointerMove}
                  onPointerUp={() => setDragged(null)}
                  onPointerCancel={() => setDragged(null)}
                >
                  <Icon name="grip" />
                </span>
              )}
              <VoiceRow voice={voice}>
                {draft.voices.length > 1 && (
                  <>
                    <IconButton
                      label={t('voice.up', { name: voice.name })}
                      icon="up"
                      aria-disabled={index === 0}
                      onClick={() => move(index, index - 1)}
                    />
                    <IconButton
                      label={t('voice.down', { name: voice.name })}
                      icon="down"
                      aria-disabled={index === draft.voices.length - 1}
                      onClick={() => move(index, index + 1)}
                    />
                  </>
                )}
                <IconButton
                  label={t('voice.remove', { name: voice.name })}
                  icon="close"
                  onClick={() =>
                    change((old) => ({
                      voices: old.voices.filter((other) => other.audio_id !== voice.audio_id),
                    }))
                  }
                />
              </VoiceRow>
            </li>
          ))}
          {waiting > 0 && (
            <li className="hint">
              <span className="spinner" aria-hidden="true" /> {t('voice.waiting', { count: waiting })}
            </li>
          )}
        </ol>
      )}
      {draft.voices.length > 1 && <p className="hint">{t('voice.several')}</p>}
      <p className="visually-hidden" aria-live="assertive">
        {said}
      </p>
    </>
  );
}
