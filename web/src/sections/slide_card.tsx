import { useId, useRef, useState } from 'react';
import type { Slide } from '../api/types';
import { useT } from '../i18n';
import { client, sentence } from '../state/client';
import { useToast } from '../state/toasts';
import { Button, IconButton } from '../ui/parts';
import { canRecord, Recorder } from '../ui/recorder';
import type { SlideDraft } from './slides';
import { audioTypes } from './voice';
import { VoiceRow } from './voice_row';

/** A slide with its picture, its script, and the voice that says it. */
export function SlideCard({
  slide,
  draft,
  speaker,
  canSpeak,
  onChange,
}: {
  slide: Slide;
  draft: SlideDraft;
  speaker: string | null;
  canSpeak: boolean;
  onChange: (draft: SlideDraft) => void;
}) {
  const t = useT();
  const id = useId();
  const toast = useToast();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [recording, setRecording] = useState(false);

  const take = async (work: () => ReturnType<typeof client.uploadAudio>) => {
    setBusy(true);
    try {
      onChange({ ...draft, voice: await work() });
      setRecording(false);
    } catch (error) {
      toast('problem', sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const name = t('slides.slide', { number: slide.number });

  return (
    <article className="slide-card" aria-label={name}>
      <div className="slide-picture">
        <img
          src={slide.image_url}
          width={slide.width}
          height={slide.height}
          alt={name}
          loading="lazy"
          decoding="async"
        />
        <span className="slide-number" aria-hidden="true">
          {slide.number}
        </span>
      </div>
      <div className="slide-main">
        <label htmlFor={id}>{t('slides.script', { number: slide.number })}</label>
        <textarea
          id={id}
          rows={3}
          value={draft.script}
          placeholder={t('slides.script.placeholder')}
          onChange={(event) => onChange({ ...draft, script: event.target.value })}
        />
        {draft.voice ? (
          <VoiceRow voice={draft.voice}>
            <IconButton
              label={t('voice.remove', { name: draft.voice.name })}
              icon="close"
              onClick={() => onChange({ ...draft, voice: null })}
            />
          </VoiceRow>
        ) : recording ? (
          <Recorder
            onDone={(blob, ending) =>
              void take(() => client.uploadAudio(blob, `${name}.${ending}`))
            }
          />
        ) : (
          <div className="row wrap">
            <input
              ref={input}
              type="file"
              accept={audioTypes}
              hidden
              onChange={(event) => {
                const file = event.target.files?.[0];
                event.target.value = '';
                if (file) void take(() => client.uploadAudio(file, file.name));
              }}
            />
            <Button icon="upload" busy={busy} onClick={() => input.current?.click()}>
              {t('slides.attach')}
            </Button>
            {canRecord() && (
              <Button icon="mic" disabled={busy} onClick={() => setRecording(true)}>
                {t('slides.record')}
              </Button>
            )}
            {canSpeak && (
              <Button
                icon="text"
                disabled={busy || !draft.script.trim()}
                onClick={() =>
                  void take(() => client.speak({ text: draft.script, voice: speaker, speed: 1 }))
                }
              >
                {t('slides.speak')}
              </Button>
            )}
          </div>
        )}
      </div>
    </article>
  );
}
