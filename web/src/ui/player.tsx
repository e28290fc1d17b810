import { useEffect, useState } from 'react';

/** One sound at a time, wherever on the page it is started. */
const audio = typeof Audio === 'undefined' ? null : new Audio();

export interface Playing {
  playing: boolean;
  /** 0 to 1. */
  played: number;
  toggle: () => void;
}

export function usePlayer(url: string): Playing {
  const [state, setState] = useState({ playing: false, played: 0 });
  useEffect(() => {
    if (!audio) return;
    const mine = () => audio.src.endsWith(url) && audio.src !== '';
    const update = () =>
      setState(
        mine()
          ? {
              playing: !audio.paused && !audio.ended,
              played: audio.ended || !audio.duration ? 0 : audio.currentTime / audio.duration,
            }
          : { playing: false, played: 0 },
      );
    const events = ['play', 'pause', 'timeupdate', 'ended', 'emptied'];
    for (const event of events) audio.addEventListener(event, update);
    return () => {
      for (const event of events) audio.removeEventListener(event, update);
      if (mine()) audio.pause();
    };
  }, [url]);
  const toggle = () => {
    if (!audio) return;
    if (state.playing) {
      audio.pause();
      return;
    }
    if (!audio.src.endsWith(url)) audio.src = url;
    void audio.play().catch(() => undefined);
  };
  return { ...state, toggle };
}
