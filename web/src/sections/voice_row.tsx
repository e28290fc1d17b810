import type { ReactNode } from 'react';
import type { Voice } from '../api/types';
import { useT } from '../i18n';
import { clock } from '../lib/format';
import { IconButton } from '../ui/parts';
import { usePlayer } from '../ui/player';
import { Waveform } from '../ui/waveform';

/** A recording with its waveform: hear it, and whatever `children` adds. */
export function VoiceRow({ voice, children }: { voice: Voice; children?: ReactNode }) {
  const t = useT();
  const { playing, played, toggle } = usePlayer(voice.audio_url);
  return (
    <div className="voice-row">
      <IconButton
        label={t(playing ? 'voice.pause' : 'voice.play', { name: voice.name })}
        icon={playing ? 'pause' : 'play'}
        onClick={toggle}
      />
      <div className="voice-main">
        <div className="voice-title">
          <span className="voice-name">{voice.name}</span>
          <span className="voice-length">{clock(voice.duration)}</span>
        </div>
        <Waveform url={voice.audio_url} played={played} />
      </div>
      {children && <div className="voice-actions">{children}</div>}
    </div>
  );
}
