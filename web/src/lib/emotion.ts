/**
 * An emotion of settings is a number of the list or, from the command line and other programs, a
 * text of several: "happy=0.6+sad=0.4", "0:neutral,2.5:happy". The service spells it one way.
 */
export type EmotionSetting = number | string | undefined;

const neutral = 4;

/** The single emotion's number; null for a text of several. */
export function singleEmotion(setting: EmotionSetting): number | null {
  if (setting === undefined) return neutral;
  return /^\d$/.test(String(setting)) ? Number(setting) : null;
}

type Names = readonly { name: string; label: string }[];

/** "Happy 60% + Sad 40%" */
function blendText(blend: string, names: Names): string {
  const parts = blend.split('+').map((part) => {
    const [name = '', weight = '1'] = part.split('=');
    return { label: names.find((known) => known.name === name)?.label ?? name, weight: Number(weight) };
  });
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  const even = parts.every(({ weight }) => weight === parts[0]?.weight);
  const share = (weight: number) => (even ? '' : ` ${Math.round((100 * weight) / whole)}%`);
  return parts.map(({ label, weight }) => label + share(weight)).join(' + ');
}

/** "0 s Neutral → 2.5 s Happy"; the first six of a long one. */
export function emotionText(setting: string, names: Names, second: string): string {
  const sections = setting.split(',');
  const texts = sections.slice(0, 6).map((section) => {
    const [start, blend] = section.split(':');
    return blend === undefined
      ? blendText(section, names)
      : `${start} ${second} ${blendText(blend, names)}`;
  });
  return texts.join(' → ') + (sections.length > texts.length ? ' → …' : '');
}
