import { useEffect, useState } from 'react';
import type { Deck, Placement, Voice } from '../api/types';
import { useLanguage } from '../i18n';
import { clock } from '../lib/format';
import { recall, remember } from '../lib/storage';
import { client, sentence } from '../state/client';
import { speechVoices } from '../state/features';
import { useDraft } from '../state/draft';
import { useJobs } from '../state/jobs';
import { useToast } from '../state/toasts';
import { useRequest } from '../state/use_request';
import { DropZone } from '../ui/drop_zone';
import { Button, Card, Failed, Skeleton } from '../ui/parts';
import { PlacementForm, standardPlacement } from './placement';
import { Presenter } from './presenter';
import { RecentJobs } from './recent_jobs';
import { SettingsForm } from './settings';
import { SlideCard } from './slide_card';

/** What is said on a slide: a recording, or the script by a speaking program's voice. */
export interface SlideDraft {
  script: string;
  voice: Voice | null;
}

interface DeckDraft {
  deck: Deck;
  slides: SlideDraft[];
  placement: Placement;
  speaker: string | null;
  subtitles: boolean;
}

function checkedDeck(value: unknown): DeckDraft | null {
  const draft = value as Partial<DeckDraft> | null;
  const whole =
    draft?.deck?.deck_id && draft.placement && draft.slides?.length === draft.deck.slides.length;
  return whole ? (draft as DeckDraft) : null;
}

const deckTypes =
  '.pdf,.pptx,application/pdf,application/vnd.openxmlformats-officedocument.presentationml.presentation';

export function Slides() {
  const { t } = useLanguage();
  const toast = useToast();
  const [draft, setDraft] = useState(() => recall('deck', checkedDeck));
  const [busy, setBusy] = useState(false);
  useEffect(() => remember('deck', draft), [draft]);

  const open = async (file: File) => {
    setBusy(true);
    try {
      const deck = await client.uploadDeck(file, file.name);
      setDraft({
        deck,
        slides: deck.slides.map(({ notes }) => ({ script: notes, voice: null })),
        placement: draft?.placement ?? standardPlacement,
        speaker: draft?.speaker ?? null,
        subtitles: true,
      });
    } catch (error) {
      toast('problem', sentence(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <header className="page-head">
        <h1 tabIndex={-1}>{t('slides.title')}</h1>
        <p>{t('slides.lead')}</p>
      </header>
      {draft ? (
        <DeckForm draft={draft} change={setDraft} />
      ) : (
        <div className="two-columns">
          <Card title={t('slides.deck')} hint={t('slides.deck.hint')} step={1}>
            <DropZone
              icon="slides"
              label={busy ? t('slides.reading') : t('slides.drop')}
              hint={t('slides.formats')}
              accept={deckTypes}
              busy={busy}
              onFiles={([file]) => file && void open(file)}
            />
          </Card>
          <aside className="stack side" aria-label={t('jobs.title')}>
            <RecentJobs kind="presentation" />
          </aside>
        </div>
      )}
    </>
  );
}

function DeckForm({
  draft,
  change,
}: {
  draft: DeckDraft;
  change: (draft: DeckDraft | null) => void;
}) {
  const { t } = useLanguage();
  const voices = useRequest(speechVoices);
  const { deck, slides } = draft;
  const setSlide = (index: number, next: SlideDraft) =>
    change({ ...draft, slides: slides.map((old, i) => (i === index ? next : old)) });
  const canSpeak = voices.value?.available === true;
  const spoken = slides.filter((slide) => slide.voice !== null).length;
  return (
    <div className="two-columns">
      <div className="stack">
        <Card
          title={deck.title || t('slides.deck')}
          step={1}
          hint={t('slides.progress', { done: spoken, count: slides.length })}
          aside={
            <Button kind="quiet" icon="close" onClick={() => change(null)}>
              {t('slides.close')}
            </Button>
          }
        >
          <ol className="slide-cards">
            {deck.slides.map((slide, index) => (
              <li key={slide.number}>
                <SlideCard
                  slide={slide}
                  draft={slides[index] ?? { script: '', voice: null }}
                  speaker={canSpeak ? draft.speaker : null}
                  canSpeak={canSpeak}
                  onChange={(next) => setSlide(index, next)}
                />
              </li>
            ))}
          </ol>
        </Card>
        <Presenter step={2} />
        <MoreSettings />
      </div>
      <aside className="stack side" aria-label={t('generate.side')}>
        <PresentPanel
          draft={draft}
          change={change}
          voices={canSpeak ? (voices.value?.voices ?? []) : []}
        />
        <RecentJobs kind="presentation" />
      </aside>
    </div>
  );
}

function MoreSettings() {
  const { t } = useLanguage();
  const options = useRequest(() => client.options());
  return (
    <Card title={t('settings.title')} hint={t('settings.hint')} step={3}>
      {options.value ? (
        <SettingsForm options={options.value} />
      ) : options.error ? (
        <Failed error={options.error} retry={() => void options.reload()} />
      ) : (
        <Skeleton className="skeleton-block" />
      )}
    </Card>
  );
}

function PresentPanel({
  draft,
  change,
  voices,
}: {
  draft: DeckDraft;
  change: (draft: DeckDraft) => void;
  voices: { id: string; name: string; language: string }[];
}) {
  const { t, language } = useLanguage();
  const { draft: presenter } = useDraft();
  const { reload } = useJobs();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const prefix = language.slice(0, 2);
  const speaker =
    draft.speaker ??
    voices.find((voice) => voice.language.startsWith(prefix))?.id ??
    voices[0]?.id ??
    null;
  const silent = draft.slides.filter(
    (slide) => !slide.voice && !(speaker && slide.script.trim()),
  ).length;
  const total = draft.slides.reduce((sum, slide) => sum + (slide.voice?.duration ?? 0), 0);
  const ready = presenter.photo !== null && silent < draft.slides.length;

  const start = async () => {
    if (!presenter.photo) return;
    setBusy(true);
    try {
      await client.present({
        ...presenter.settings,
        deck_id: draft.deck.deck_id,
        photo_id: presenter.photo.photo_id,
        slides: draft.slides.map(({ script, voice }, index) => ({
          number: draft.deck.slides[index]?.number ?? index + 1,
          script,
          audio_path: voice?.audio_path ?? null,
          voice: voice || !script.trim() ? null : speaker,
        })),
        placement: draft.placement,
        language,
        subtitles: draft.subtitles,
      });
      await reload();
    } catch (error) {
      toast('problem', sentence(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Card title={t('slides.make')} step={4} className="generate">
      <PlacementForm
        placement={draft.placement}
        slide={draft.deck.slides[0] ?? null}
        photoUrl={presenter.photo?.photo_url ?? null}
        onChange={(placement) => change({ ...draft, placement })}
      />
      {voices.length > 0 && (
        <label className="field">
          <span>{t('slides.speaker')}</span>
          <select
            value={speaker ?? ''}
            onChange={(event) => change({ ...draft, speaker: event.target.value })}
          >
            {voices.map((voice) => (
              <option key={voice.id} value={voice.id}>
                {voice.name} ({voice.language})
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={draft.subtitles}
          onChange={(event) => change({ ...draft, subtitles: event.target.checked })}
        />
        <span>
          {t('slides.subtitles')}
          <span className="hint">{t('slides.subtitles.hint')}</span>
        </span>
      </label>
      <div className="generate-actions">
        <Button
          kind="main"
          icon="film"
          busy={busy}
          disabled={!ready}
          onClick={() => void start()}
        >
          {t('slides.do')}
        </Button>
      </div>
      <p className="hint">
        {!presenter.photo
          ? t('slides.needs.photo')
          : !ready
            ? t('slides.needs.voice')
            : silent > 0
              ? t('slides.silent', { count: silent })
              : total > 0
                ? t('slides.length', { time: clock(total) })
                : ''}
      </p>
    </Card>
  );
}
