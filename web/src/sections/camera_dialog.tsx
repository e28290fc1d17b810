import { useEffect, useRef, useState } from 'react';
import { useT } from '../i18n';
import { Dialog } from '../ui/dialog';
import { Button, Note } from '../ui/parts';

export function CameraDialog({
  onClose,
  onPhoto,
}: {
  onClose: () => void;
  onPhoto: (blob: Blob) => void;
}) {
  const t = useT();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'asking' | 'ready' | 'refused'>('asking');

  useEffect(() => {
    let stream: MediaStream | null = null;
    let gone = false;
    navigator.mediaDevices
      .getUserMedia({ video: { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: 'user' } })
      .then((opened) => {
        stream = opened;
        if (gone) return stop(opened);
        if (video.current) video.current.srcObject = opened;
        setState('ready');
      })
      .catch(() => setState('refused'));
    const stop = (opened: MediaStream) => {
      for (const track of opened.getTracks()) track.stop();
    };
    return () => {
      gone = true;
      if (stream) stop(stream);
    };
  }, []);

  const take = () => {
    const source = video.current;
    if (!source?.videoWidth) return;
    const canvas = document.createElement('canvas');
    canvas.width = source.videoWidth;
    canvas.height = source.videoHeight;
    canvas.getContext('2d')?.drawImage(source, 0, 0);
    canvas.toBlob((blob) => blob && onPhoto(blob), 'image/jpeg', 0.95);
  };

  return (
    <Dialog
      title={t('photo.camera')}
      wide
      onClose={onClose}
      actions={
        <Button kind="main" icon="camera" disabled={state !== 'ready'} onClick={take}>
          {t('camera.take')}
        </Button>
      }
    >
      {state === 'refused' ? (
        <Note kind="problem">{t('camera.refused')}</Note>
      ) : (
        <div className="camera">
          <video ref={video} autoPlay muted playsInline aria-label={t('camera.picture')} />
        </div>
      )}
      <p className="hint">{t('camera.hint')}</p>
    </Dialog>
  );
}
