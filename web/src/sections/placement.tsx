import { useId } from 'react';
import type { Corner, Placement, PlacementMode, Slide } from '../api/types';
import { useT } from '../i18n';
import { Segments } from '../ui/parts';

export const standardPlacement: Placement = {
  mode: 'corner',
  corner: 'bottom-right',
  size: 0.28,
  shape: 'rounded',
  background: 'kept',
};

const modes: PlacementMode[] = ['corner', 'split', 'full', 'hidden'];
const shapes: Placement['shape'][] = ['rounded', 'circle', 'rectangle'];
const corners: Corner[] = ['top-left', 'top-right', 'bottom-left', 'bottom-right'];
const sizes = { smallest: 0.15, largest: 0.5 };

/** Where the presenter stands on the slides, with a miniature that shows it. */
export function PlacementForm({
  placement,
  slide,
  photoUrl,
  onChange,
}: {
  placement: Placement;
  slide: Slide | null;
  photoUrl: string | null;
  onChange: (placement: Placement) => void;
}) {
  const t = useT();
  const id = useId();
  const set = (change: Partial<Placement>) => onChange({ ...placement, ...change });
  const beside = placement.mode === 'corner';
  return (
    <div className="placement">
      <Miniature placement={placement} slide={slide} photoUrl={photoUrl} />
      <Segments
        label={t('place.mode')}
        value={placement.mode}
        onChange={(mode) => set({ mode })}
        choices={modes.map((mode) => ({ value: mode, label: t(`place.mode.${mode}`) }))}
      />
      {beside && (
        <>
          <div className="field">
            <span aria-hidden="true">{t('place.corner')}</span>
            <Segments
              label={t('place.corner')}
              value={placement.corner}
              onChange={(corner) => set({ corner })}
              choices={corners.map((corner) => ({ value: corner, label: t(`place.${corner}`) }))}
            />
          </div>
          <div className="control">
            <div className="control-head">
              <label htmlFor={id}>{t('place.size')}</label>
              <output htmlFor={id}>{Math.round(placement.size * 100)} %</output>
            </div>
            <input
              id={id}
              type="range"
              min={sizes.smallest}
              max={sizes.largest}
              step={0.01}
              value={placement.size}
              onChange={(event) => set({ size: Number(event.target.value) })}
            />
          </div>
        </>
      )}
      {placement.mode !== 'hidden' && placement.mode !== 'full' && (
        <Segments
          label={t('place.shape')}
          value={placement.shape}
          onChange={(shape) => set({ shape })}
          choices={shapes.map((shape) => ({ value: shape, label: t(`place.shape.${shape}`) }))}
        />
      )}
      {placement.mode !== 'hidden' && (
        <Segments
          label={t('place.background')}
          value={placement.background}
          onChange={(background) => set({ background })}
          choices={[
            { value: 'kept', label: t('place.background.kept') },
            { value: 'removed', label: t('place.background.removed') },
          ]}
        />
      )}
    </div>
  );
}

function Miniature({
  placement,
  slide,
  photoUrl,
}: {
  placement: Placement;
  slide: Slide | null;
  photoUrl: string | null;
}) {
  const t = useT();
  const { mode, corner, size, shape, background } = placement;
  return (
    <div
      className="miniature"
      data-mode={mode}
      data-corner={corner}
      role="img"
      aria-label={t('place.miniature', { mode: t(`place.mode.${mode}`) })}
    >
      {slide && <img className="miniature-slide" src={slide.image_url} alt="" />}
      {mode !== 'hidden' && (
        <div
          className="miniature-presenter"
          data-shape={shape}
          data-background={background}
          style={mode === 'corner' ? { width: `${size * 100}%` } : {}}
        >
          {photoUrl ? <img src={photoUrl} alt="" /> : <span className="miniature-nobody" />}
        </div>
      )}
    </div>
  );
}
