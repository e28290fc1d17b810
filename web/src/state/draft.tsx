import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { PhotoVerdict, Settings, Voice } from '../api/types';
import { recall, remember } from '../lib/storage';

export interface DraftPhoto {
  photo_id: string;
  photo_url: string;
  verdict: Pick<PhotoVerdict, 'face_bbox' | 'face_outline' | 'image_size' | 'notices'> | null;
}

/** What the next video is made of; it outlives the page. */
export interface Draft {
  photo: DraftPhoto | null;
  voices: Voice[];
  settings: Settings;
}

const emptyDraft: Draft = { photo: null, voices: [], settings: {} };

function checkedDraft(value: unknown): Draft | null {
  const draft = value as Partial<Draft> | null;
  if (!draft || !Array.isArray(draft.voices) || typeof draft.settings !== 'object') return null;
  const voices = draft.voices.filter((voice) => typeof voice?.audio_path === 'string');
  const photo = typeof draft.photo?.photo_id === 'string' ? draft.photo : null;
  return { photo, voices, settings: draft.settings ?? {} };
}

interface Value {
  draft: Draft;
  change: (change: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => void;
}

const DraftContext = createContext<Value | null>(null);

export function DraftProvider({ children }: { children: ReactNode }) {
  const [draft, setDraft] = useState(() => recall('draft', checkedDraft) ?? emptyDraft);
  useEffect(() => remember('draft', draft), [draft]);
  const value = useMemo<Value>(
    () => ({
      draft,
      change: (change) =>
        setDraft((old) => ({ ...old, ...(typeof change === 'function' ? change(old) : change) })),
    }),
    [draft],
  );
  return <DraftContext value={value}>{children}</DraftContext>;
}

export function useDraft(): Value {
  const value = useContext(DraftContext);
  if (!value) throw new Error('outside of DraftProvider');
  return value;
}
