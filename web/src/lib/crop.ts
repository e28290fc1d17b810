/** How a photo is seen through the frame that it is cropped to. */
export interface View {
  /** Quarter turns to the right. */
  turns: 0 | 1 | 2 | 3;
  /** 1: the frame just covers nothing but photo. */
  zoom: number;
  /** Centre of the frame in the turned photo, 0 to 1. */
  centre: [number, number];
  /** Width over height of the frame; null: the turned photo's own. */
  aspect: number | null;
}

export const wholePhoto: View = { turns: 0, zoom: 1, centre: [0.5, 0.5], aspect: null };

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

export function turnedSize(width: number, height: number, turns: number): [number, number] {
  return turns % 2 ? [height, width] : [width, height];
}

/** The part of the turned photo that the frame shows, in its pixels; never outside of it. */
export function frame(width: number, height: number, view: View): Rect {
  const [w, h] = turnedSize(width, height, view.turns);
  const aspect = view.aspect ?? w / h;
  const widest = Math.min(w, h * aspect) / Math.max(1, view.zoom);
  const [fw, fh] = [widest, widest / aspect];
  return {
    x: clamp(view.centre[0] * w - fw / 2, 0, w - fw),
    y: clamp(view.centre[1] * h - fh / 2, 0, h - fh),
    width: fw,
    height: fh,
  };
}

/** The view with its centre where the frame really is: dragging never runs into a dead end. */
export function settled(width: number, height: number, view: View): View {
  const [w, h] = turnedSize(width, height, view.turns);
  const rect = frame(width, height, view);
  return { ...view, centre: [(rect.x + rect.width / 2) / w, (rect.y + rect.height / 2) / h] };
}

/** Draws what the frame shows, as large as `canvas` is. */
export function draw(canvas: HTMLCanvasElement, photo: ImageBitmap, view: View): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const rect = frame(photo.width, photo.height, view);
  const [w, h] = turnedSize(photo.width, photo.height, view.turns);
  const scale = canvas.width / rect.width;
  context.setTransform(scale, 0, 0, scale, -rect.x * scale, -rect.y * scale);
  context.translate(w / 2, h / 2);
  context.rotate((view.turns * Math.PI) / 2);
  context.drawImage(photo, -photo.width / 2, -photo.height / 2);
}

const largestSide = 3000;

/** The cropped photo as a JPEG. */
export function cropped(photo: ImageBitmap, view: View): Promise<Blob> {
  const rect = frame(photo.width, photo.height, view);
  const scale = Math.min(1, largestSide / Math.max(rect.width, rect.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(rect.width * scale));
  canvas.height = Math.max(1, Math.round(rect.height * scale));
  draw(canvas, photo, view);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The photo could not be cropped.'))),
      'image/jpeg',
      0.95,
    );
  });
}
