import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useT } from '../i18n';
import { cropped, draw, frame, settled, turnedSize, type View, wholePhoto } from '../lib/crop';
import { Dialog } from '../ui/dialog';
import { Button, Segments } from '../ui/parts';

const aspects = { photo: null, square: 1, portrait: 3 / 4, wide: 16 / 9 } as const;
type Aspect = keyof typeof aspects;

/** Turn, shape and cut a photo before it is uploaded. */
export function CropDialog({
  photo,
  onClose,
  onDone,
}: {
  photo: ImageBitmap;
  onClose: () => void;
  onDone: (blob: Blob) => void;
}) {
  const t = useT();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<{ x: number; y: number; view: View } | null>(null);
  const [view, setView] = useState<View>(wholePhoto);
  const [aspect, setAspect] = useState<Aspect>('photo');
  const [busy, setBusy] = useState(false);
  const change = (next: Partial<View>) =>
    setView((old) => settled(photo.width, photo.height, { ...old, ...next }));

  const rect = frame(photo.width, photo.height, view);
  useEffect(() => {
    const target = canvas.current;
    if (!target) return;
    const scale = Math.min(900 / rect.width, 700 / rect.height);
    target.width = Math.round(rect.width * scale);
    target.height = Math.round(rect.height * scale);
    draw(target, photo, view);
  }, [photo, view, rect.width, rect.height]);

  /** Moves the picture under the frame by a part of the frame's size. */
  const shift = (from: View, right: number, down: number) => {
    const [w, h] = turnedSize(photo.width, photo.height, from.turns);
    const [x, y] = from.centre;
    change({ centre: [x - (right * rect.width) / w, y - (down * rect.height) / h] });
  };
  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, y: event.clientY, view };
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const start = drag.current;
    if (!start) return;
    const box = event.currentTarget.getBoundingClientRect();
    shift(start.view, (event.clientX - start.x) / box.width, (event.clientY - start.y) / box.height);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [0.05, 0],
      ArrowRight: [-0.05, 0],
      ArrowUp: [0, 0.05],
      ArrowDown: [0, -0.05],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    shift(view, ...step);
  };

  return (
    <Dialog
      title={t('photo.crop')}
      wide
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            kind="main"
            busy={busy}
            onClick={() => {
              setBusy(true);
              void cropped(photo, view).then(onDone, () => setBusy(false));
            }}
          >
            {t('crop.use')}
          </Button>
        </>
      }
    >
      <div className="crop">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label={t('crop.canvas')}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={() => {
            drag.current = null;
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="row wrap spread">
        <Segments
          label={t('crop.shape')}
          value={aspect}
          onChange={(next) => {
            setAspect(next);
            change({ aspect: aspects[next] });
          }}
          choices={[
            { value: 'photo', label: t('crop.shape.photo') },
            { value: 'square', label: t('crop.shape.square') },
            { value: 'portrait', label: t('crop.shape.portrait') },
            { value: 'wide', label: t('crop.shape.wide') },
          ]}
        />
        <Button
          icon="turn"
          onClick={() => change({ turns: ((view.turns + 1) % 4) as View['turns'], centre: [0.5, 0.5] })}
        >
          {t('crop.turn')}
        </Button>
      </div>
      <label className="slider">
        <span className="slider-name">{t('crop.zoom')}</span>
        <input
          type="range"
          min={1}
          max={4}
          step={0.05}
          value={view.zoom}
          onChange={(event) => change({ zoom: Number(event.target.value) })}
        />
      </label>
      <p className="hint">{t('crop.hint')}</p>
    </Dialog>
  );
}
