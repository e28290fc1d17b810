import { useEffect, useRef, useState } from 'react';
import type { StoredPhoto } from '../api/types';
import { useT } from '../i18n';
import { client, sentence } from '../state/client';
import { type DraftPhoto, useDraft } from '../state/draft';
import { useToast } from '../state/toasts';
import { useRequest } from '../state/use_request';
import { DropZone } from '../ui/drop_zone';
import { Button, Card, IconButton, Note, Skeleton } from '../ui/parts';
import { CameraDialog } from './camera_dialog';
import { CropDialog } from './crop_dialog';
import { FaceOutline } from './face_outline';

const photoTypes = 'image/jpeg,image/png,image/webp';
/** So many earlier photos are offered. */
const offered = 12;

/** A photo on its way to the server, shown from the file at once. */
interface Pending {
  bitmap: ImageBitmap;
  name: string;
  error: string | null;
}

async function decoded(blob: Blob): Promise<ImageBitmap | null> {
  return createImageBitmap(blob).catch(() => null);
}

export function Presenter({ step }: { step?: number }) {
  const t = useT();
  const toast = useToast();
  const { draft, change } = useDraft();
  const earlier = useRequest(() => client.photos(offered));
  const [pending, setPending] = useState<Pending | null>(null);
  const [busy, setBusy] = useState(false);
  const [dialog, setDialog] = useState<'camera' | 'crop' | null>(null);
  const [cropping, setCropping] = useState<ImageBitmap | null>(null);

  const upload = async (blob: Blob, name: string) => {
    const bitmap = await decoded(blob);
    if (!bitmap) {
      toast('problem', t('photo.unreadable', { name }));
      return;
    }
    setPending({ bitmap, name, error: null });
    setBusy(true);
    try {
      const { photo_id, photo_url, validation } = await client.uploadPhoto(blob, name);
      change({ photo: { photo_id, photo_url, verdict: validation } });
      setPending(null);
      void earlier.reload();
    } catch (error) {
      setPending({ bitmap, name, error: sentence(error) });
    } finally {
      setBusy(false);
    }
  };

  const openCrop = async () => {
    try {
      const source =
        pending?.bitmap ??
        (draft.photo && (await createImageBitmap(await (await fetch(draft.photo.photo_url)).blob())));
      if (!source) return;
      setCropping(source);
      setDialog('crop');
    } catch (error) {
      toast('problem', sentence(error));
    }
  };

  const shown = pending ?? draft.photo;
  return (
    <Card
      title={t('photo.title')}
      hint={t('photo.hint')}
      {...(step !== undefined && { step })}
      className="presenter"
    >
      <div className="presenter-body">
        <div className="photo-stage" data-empty={!shown || undefined}>
          {pending ? (
            <PendingPhoto pending={pending} busy={busy} />
          ) : draft.photo ? (
            <FaceOutline
              photo={draft.photo}
              onMissing={() => change({ photo: null })}
              label={t('photo.chosen')}
            />
          ) : (
            <DropZone
              icon="photo"
              label={t('photo.drop')}
              hint={t('photo.formats')}
              accept={photoTypes}
              onFiles={([file]) => file && void upload(file, file.name)}
            />
          )}
        </div>
        <div className="photo-side">
          <Verdict pending={pending} busy={busy} photo={draft.photo} />
          <div className="row wrap">
            <FileButton
              label={shown ? t('photo.another') : t('photo.choose')}
              disabled={busy}
              onFile={(file) => void upload(file, file.name)}
            />
            {navigator.mediaDevices && (
              <Button icon="camera" disabled={busy} onClick={() => setDialog('camera')}>
                {t('photo.camera')}
              </Button>
            )}
            {shown && (
              <Button icon="crop" disabled={busy} onClick={() => void openCrop()}>
                {t('photo.crop')}
              </Button>
            )}
          </div>
          <EarlierPhotos
            photos={earlier.value?.photos ?? null}
            failed={earlier.error !== null}
            chosen={pending ? null : (draft.photo?.photo_id ?? null)}
            onChoose={(photo) => {
              setPending(null);
              change({ photo: fromStored(photo) });
            }}
            onDelete={async (photo) => {
              try {
                await client.deletePhoto(photo.photo_id);
                if (draft.photo?.photo_id === photo.photo_id) change({ photo: null });
                await earlier.reload();
              } catch (error) {
                toast('problem', sentence(error));
              }
            }}
          />
        </div>
      </div>
      {dialog === 'camera' && (
        <CameraDialog
          onClose={() => setDialog(null)}
          onPhoto={(blob) => {
            setDialog(null);
            void upload(blob, 'camera.jpg');
          }}
        />
      )}
      {dialog === 'crop' && cropping && (
        <CropDialog
          photo={cropping}
          onClose={() => setDialog(null)}
          onDone={(blob) => {
            setDialog(null);
            void upload(blob, 'photo.jpg');
          }}
        />
      )}
    </Card>
  );
}

export const fromStored = (photo: StoredPhoto): DraftPhoto => ({
  photo_id: photo.photo_id,
  photo_url: photo.photo_url,
  verdict:
    photo.face_bbox && photo.image_size
      ? { face_bbox: photo.face_bbox, image_size: photo.image_size, notices: [] }
      : null,
});

function FileButton({
  label,
  disabled,
  onFile,
}: {
  label: string;
  disabled: boolean;
  onFile: (file: File) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={photoTypes}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
      <Button icon="upload" disabled={disabled} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}

function PendingPhoto({ pending, busy }: { pending: Pending; busy: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { bitmap, name } = pending;
  useEffect(() => {
    const target = canvas.current;
    if (!target) return;
    const scale = Math.min(1, 1200 / Math.max(bitmap.width, bitmap.height));
    target.width = Math.round(bitmap.width * scale);
    target.height = Math.round(bitmap.height * scale);
    target.getContext('2d')?.drawImage(bitmap, 0, 0, target.width, target.height);
  }, [bitmap]);
  return (
    <div className="photo-frame" data-busy={busy || undefined} data-refused={!!pending.error || undefined}>
      <canvas ref={canvas} role="img" aria-label={name} />
    </div>
  );
}

function Verdict({
  pending,
  busy,
  photo,
}: {
  pending: Pending | null;
  busy: boolean;
  photo: DraftPhoto | null;
}) {
  const t = useT();
  return (
    <div aria-live="polite" className="verdict">
      {busy ? (
        <Note>{t('photo.checking')}</Note>
      ) : pending?.error ? (
        <Note kind="problem">
          <p>{pending.error}</p>
          <p>{t('photo.refused.advice')}</p>
        </Note>
      ) : photo ? (
        <>
          <Note kind="good">{t('photo.good')}</Note>
          {photo.verdict?.notices.map((notice) => <Note key={notice}>{notice}</Note>)}
        </>
      ) : (
        <ul className="advice">
          <li>{t('photo.advice.front')}</li>
          <li>{t('photo.advice.light')}</li>
          <li>{t('photo.advice.mouth')}</li>
        </ul>
      )}
    </div>
  );
}

function EarlierPhotos({
  photos,
  failed,
  chosen,
  onChoose,
  onDelete,
}: {
  photos: StoredPhoto[] | null;
  failed: boolean;
  chosen: string | null;
  onChoose: (photo: StoredPhoto) => void;
  onDelete: (photo: StoredPhoto) => Promise<void>;
}) {
  const t = useT();
  if (failed || photos?.length === 0) return null;
  return (
    <div className="earlier">
      <h3>{t('photo.earlier')}</h3>
      <ul className="thumbs">
        {photos === null &&
          [1, 2, 3, 4].map((n) => (
            <li key={n}>
              <Skeleton className="thumb" />
            </li>
          ))}
        {photos?.map((photo, index) => (
          <li key={photo.photo_id}>
            <button
              type="button"
              className="thumb"
              aria-pressed={photo.photo_id === chosen}
              aria-label={t('photo.earlier.use', { number: index + 1 })}
              onClick={() => onChoose(photo)}
            >
              <img src={photo.photo_url} alt="" loading="lazy" decoding="async" />
            </button>
            <IconButton
              label={t('photo.earlier.delete', { number: index + 1 })}
              icon="close"
              onClick={() => void onDelete(photo)}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
