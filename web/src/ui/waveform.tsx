import { useEffect, useState } from 'react';
import { waveformOf } from '../lib/waveform';

const bars = 96;
/** Waveforms that were drawn before; a recording at an address never changes. */
const known = new Map<string, number[] | null>();

/** The waveform of a recording; a plain line until it is known, and where it cannot be. */
export function Waveform({ url, played }: { url: string; played: number }) {
  const [peaks, setPeaks] = useState(() => known.get(url) ?? null);
  useEffect(() => {
    if (known.has(url)) {
      setPeaks(known.get(url) ?? null);
      return;
    }
    let gone = false;
    void waveformOf(url, bars).then((result) => {
      known.set(url, result);
      if (!gone) setPeaks(result);
    });
    return () => {
      gone = true;
    };
  }, [url]);
  const path = (peaks ?? new Array<number>(bars).fill(0.04))
    .map((peak, i) => {
      const half = Math.max(0.6, peak * 15);
      return `M${i * 3 + 1.5} ${(16 - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
    })
    .join('');
  return (
    <svg
      className="waveform"
      viewBox={`0 0 ${bars * 3} 32`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-drawn={peaks ? true : undefined}
    >
      <path d={path} />
      <path d={path} className="played" style={{ clipPath: `inset(0 ${100 - played * 100}% 0 0)` }} />
    </svg>
  );
}
