import { useEffect, useRef, useState } from 'react';
import { useT } from '../i18n';
import { clock } from '../lib/format';
import { Button, Note } from './parts';

const wantedTypes = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

export const canRecord = () =>
  typeof MediaRecorder !== 'undefined' && navigator.mediaDevices !== undefined;

/** Records from the microphone and hands over what was said. */
export function Recorder({ onDone }: { onDone: (blob: Blob, ending: string) => void }) {
  const t = useT();
  const [state, setState] = useState<'idle' | 'recording' | 'refused'>('idle');
  const [seconds, setSeconds] = useState(0);
  const meter = useRef<HTMLDivElement>(null);
  const stop = useRef<((keep: boolean) => void) | null>(null);
  useEffect(() => () => stop.current?.(false), []);

  const start = async () => {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      setState('refused');
      return;
    }
    const type = wantedTypes.find((wanted) => MediaRecorder.isTypeSupported(wanted));
    const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
    const pieces: Blob[] = [];
    const level = watchLevel(stream, (value) => {
      if (meter.current) meter.current.style.transform = `scaleX(${value})`;
    });
    const begun = performance.now();
    const timer = setInterval(() => setSeconds((performance.now() - begun) / 1000), 250);
    let keep = true;
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      clearInterval(timer);
      level();
      for (const track of stream.getTracks()) track.stop();
      stop.current = null;
      if (!keep) return;
      setState('idle');
      const ending = recorder.mimeType.includes('mp4')
        ? 'm4a'
        : recorder.mimeType.includes('ogg')
          ? 'ogg'
          : 'webm';
      onDone(new Blob(pieces, { type: recorder.mimeType }), ending);
    };
    stop.current = (keepIt) => {
      keep = keepIt;
      if (recorder.state !== 'inactive') recorder.stop();
    };
    setSeconds(0);
    recorder.start(1000);
    setState('recording');
  };

  return (
    <div className="recorder">
      {state === 'refused' && <Note kind="problem">{t('record.refused')}</Note>}
      {state === 'recording' ? (
        <div className="row wrap">
          <Button kind="danger" icon="stop" onClick={() => stop.current?.(true)}>
            {t('record.stop')}
          </Button>
          <span className="recording-time">
            <span className="dot" aria-hidden="true" />
            <span role="timer">{clock(seconds)}</span>
          </span>
          <div className="meter" aria-hidden="true">
            <div ref={meter} />
          </div>
        </div>
      ) : (
        <Button icon="mic" onClick={() => void start()}>
          {t('record.start')}
        </Button>
      )}
      <p className="hint">{t('record.hint')}</p>
    </div>
  );
}

/** Reports the loudness of a stream, 0 to 1, once a frame; the result ends it. */
function watchLevel(stream: MediaStream, report: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let request = 0;
  const measure = () => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    report(Math.min(1, Math.sqrt(power) * 4));
    request = requestAnimationFrame(measure);
  };
  measure();
  return () => {
    cancelAnimationFrame(request);
    void context.close();
  };
}
