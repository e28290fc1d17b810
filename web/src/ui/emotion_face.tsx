/** Drawn faces: brows, eyes and mouth of each emotion, by its number in the API. */
const faces = [
  { brows: 'M13 19l8 4M35 19l-8 4', eyes: 2.2, mouth: 'M18 34q6-4 12 0' }, // angry
  { brows: 'M13 20q4-1 8 1M35 18q-4 0-8 3', eyes: 1.8, mouth: 'M17 33q4-4 7 0t7-1' }, // disgust
  { brows: 'M13 20q3-4 8-3M35 20q-3-4-8-3', eyes: 2.8, mouth: 'M18 34q2-3 4 0t4 0t4 0' }, // fear
  { brows: 'M13 18q4-3 8-1M35 18q-4-3-8-1', eyes: 2.2, mouth: 'M16 30q8 9 16 0' }, // happy
  { brows: 'M13 18.5h8M35 18.5h-8', eyes: 2.2, mouth: 'M18 33h12' }, // neutral
  { brows: 'M13 20l8-3M35 20l-8-3', eyes: 2, mouth: 'M17 35q7-6 14 0' }, // sad
  { brows: 'M13 16q4-4 8-1M35 16q-4-4-8-1', eyes: 2.8, mouth: 'M24 29.5a3 4 0 1 0 .01 0' }, // surprise
  { brows: 'M13 19h8M35 16q-4-2-8 1', eyes: 2, mouth: 'M18 33.5q7 .5 13-3.5' }, // contempt
];

export function EmotionFace({ id }: { id: number }) {
  const face = faces[id] ?? faces[4];
  if (!face) return null;
  return (
    <svg className="emotion-face" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle cx="24" cy="25" r="18.5" />
      <path d={face.brows} />
      <circle className="eye" cx="17.5" cy="25" r={face.eyes} />
      <circle className="eye" cx="30.5" cy="25" r={face.eyes} />
      <path d={face.mouth} />
    </svg>
  );
}
