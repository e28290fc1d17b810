import { useId } from 'react';
import type { Control, EngineChoice, Options, Preset, Settings } from '../api/types';
import { type Key, useT } from '../i18n';
import { en } from '../i18n/en';
import { type EmotionSetting, emotionText, singleEmotion } from '../lib/emotion';
import { useDraft } from '../state/draft';
import type { Requested } from '../state/use_request';
import { EmotionFace } from '../ui/emotion_face';
import { Card, Failed, Skeleton } from '../ui/parts';

/** Controls that are always seen, in this order; the others lie below "more". */
const common = ['crop_scale', 'head_motion', 'mouth_amount', 'blink_interval', 'gaze'];
/** For programs and comparisons, not for people who make a video. */
const hidden = ['emotion', 'threads', 'reference_behaviour', 'streaming'];

export function SettingsSection({ step, options }: { step: number; options: Requested<Options> }) {
  const t = useT();
  return (
    <Card title={t('settings.title')} hint={t('settings.hint')} step={step}>
      {options.value ? (
        <SettingsForm options={options.value} />
      ) : options.error ? (
        <Failed error={options.error} retry={() => void options.reload()} />
      ) : (
        <>
          <Skeleton className="skeleton-block" />
          <Skeleton className="skeleton-block" />
        </>
      )}
    </Card>
  );
}

/** The fields for all settings of the draft; the slides have the same ones. */
export function SettingsForm({ options }: { options: Options }) {
  const t = useT();
  const { draft, change } = useDraft();
  const set = (name: string, value: number | string) =>
    change((old) => ({ settings: { ...old.settings, [name]: value } }));
  const order = (control: Control) => common.indexOf(control.name);
  const shown = options.controls
    .filter((control) => common.includes(control.name))
    .sort((a, b) => order(a) - order(b));
  const more = options.controls.filter(
    ({ name }) => !common.includes(name) && !hidden.includes(name),
  );
  const field = (control: Control) => (
    <ControlSlider
      key={control.name}
      control={control}
      value={Number(draft.settings[control.name] ?? control.default)}
      onChange={(value) => set(control.name, value)}
    />
  );
  return (
    <div className="settings">
      <Presets
        presets={options.presets}
        chosen={matchingPreset(options, draft.settings)}
        onChoose={(preset) =>
          change((old) => ({
            settings: { ...keptSettings(old.settings), ...preset.settings },
          }))
        }
      />
      <Emotions
        emotions={options.emotions}
        setting={draft.settings['emotion']}
        onChoose={(id) => set('emotion', id)}
      />
      <Engines
        engines={options.engines}
        chosen={String(draft.settings['engine'] ?? 'auto')}
        onChoose={(name) => set('engine', name)}
      />
      <div className="sliders">{shown.map(field)}</div>
      {more.length > 0 && (
        <details className="more">
          <summary>{t('settings.more')}</summary>
          <div className="sliders">{more.map(field)}</div>
        </details>
      )}
    </div>
  );
}

/** The preset that the settings are, whoever made them so; the first that fits. */
function matchingPreset({ presets, controls }: Options, settings: Settings): string | null {
  const whole = (some: Settings) => {
    const all: Settings = { engine: 'auto' };
    for (const control of controls) all[control.name] = control.default;
    return JSON.stringify(Object.entries({ ...all, ...some, emotion: 0 }).sort());
  };
  const wanted = whole(settings);
  return presets.find((preset) => whole(preset.settings) === wanted)?.name ?? null;
}

/** What a preset leaves alone: the emotion is a matter of what is said. */
function keptSettings(settings: Settings): Settings {
  const { emotion } = settings;
  return emotion === undefined ? {} : { emotion };
}

function Presets({
  presets,
  chosen,
  onChoose,
}: {
  presets: Preset[];
  chosen: string | null;
  onChoose: (preset: Preset) => void;
}) {
  const t = useT();
  const name = useId();
  if (!presets.length) return null;
  return (
    <fieldset className="choices">
      <legend>{t('settings.preset')}</legend>
      {presets.map((preset) => (
        <label key={preset.name} className="choice">
          <input
            type="radio"
            name={name}
            checked={preset.name === chosen}
            onChange={() => onChoose(preset)}
          />
          <span className="choice-body">
            <span className="choice-title">{preset.label}</span>
            <span className="hint">{preset.description}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Emotions({
  emotions,
  setting,
  onChoose,
}: {
  emotions: Options['emotions'];
  setting: EmotionSetting;
  onChoose: (id: number) => void;
}) {
  const t = useT();
  const name = useId();
  const chosen = singleEmotion(setting);
  return (
    <fieldset className="emotions">
      <legend>{t('settings.emotion')}</legend>
      {emotions.map((emotion) => (
        <label key={emotion.id} className="emotion">
          <input
            type="radio"
            name={name}
            checked={emotion.id === chosen}
            onChange={() => onChoose(emotion.id)}
          />
          <span>
            <EmotionFace id={emotion.id} />
            {emotion.label}
          </span>
        </label>
      ))}
      {chosen === null && (
        <p className="hint">
          {t('settings.emotion.several', {
            emotions: emotionText(String(setting), emotions, t('unit.s')),
          })}
        </p>
      )}
    </fieldset>
  );
}

function Engines({
  engines,
  chosen,
  onChoose,
}: {
  engines: EngineChoice[];
  chosen: string;
  onChoose: (name: string) => void;
}) {
  const t = useT();
  const name = useId();
  const listed = engines.filter((engine) => engine.name !== 'auto');
  const label = (engine: string) => textOf(`engine.${engine}`, t) ?? engine;
  return (
    <fieldset className="choices">
      <legend>{t('settings.engine')}</legend>
      <label className="choice">
        <input
          type="radio"
          name={name}
          checked={chosen === 'auto'}
          onChange={() => onChoose('auto')}
        />
        <span className="choice-body">
          <span className="choice-title">{t('engine.auto')}</span>
          <span className="hint">{t('engine.auto.hint')}</span>
        </span>
      </label>
      {listed.map((engine) => (
        <label key={engine.name} className="choice">
          <input
            type="radio"
            name={name}
            checked={chosen === engine.name}
            disabled={!engine.available}
            onChange={() => onChoose(engine.name)}
          />
          <span className="choice-body">
            <span className="choice-title">{label(engine.name)}</span>
            <span className="hint">
              {engine.available
                ? (textOf(`engine.${engine.name}.hint`, t) ?? engine.reason)
                : (engine.reason ?? t('engine.unavailable'))}
            </span>
            {!engine.available && <a href="#/system">{t('engine.why')}</a>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A text of the catalogue whose key is made from a name of the API, where there is one. */
export function textOf(key: string, t: (key: Key) => string): string | null {
  return key in en ? t(key as Key) : null;
}

/** Whole numbers where the range is wide or counts something. */
function stepOf(control: Control): number {
  if (control.unit === 'frames' || control.unit === 'degrees' || control.unit === 'dB') return 1;
  if (control.maximum - control.minimum > 20 && Number.isInteger(control.default)) return 1;
  return 0.1;
}

function ControlSlider({
  control,
  value,
  onChange,
}: {
  control: Control;
  value: number;
  onChange: (value: number) => void;
}) {
  const t = useT();
  const id = useId();
  const { name } = control;
  const label = textOf(`control.${name}`, t) ?? name;
  const hint = textOf(`control.${name}.hint`, t) ?? control.description;
  const unit = control.unit ? (textOf(`unit.${control.unit}`, t) ?? control.unit) : '';
  // A range too wide to point at is typed.
  const typed = control.maximum - control.minimum > 1000;
  const standard = Number(control.default);
  return (
    <div className="control">
      <div className="control-head">
        <label htmlFor={id}>{label}</label>
        {!typed && (
          <output htmlFor={id}>
            {Number.isInteger(value) ? value : value.toFixed(1)} {unit}
          </output>
        )}
      </div>
      <input
        id={id}
        type={typed ? 'number' : 'range'}
        min={control.minimum}
        max={control.maximum}
        step={stepOf(control)}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          const next = Number(event.target.value);
          if (Number.isFinite(next)) onChange(next);
        }}
      />
      <p className="hint" id={`${id}-hint`}>
        {hint}{' '}
        {value !== standard && (
          <button
            type="button"
            className="link"
            aria-label={t('control.reset.of', { name: label, value: standard })}
            onClick={() => onChange(standard)}
          >
            {t('control.reset', { value: standard })}
          </button>
        )}
      </p>
    </div>
  );
}
