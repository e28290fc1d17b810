/** The loudest sample of each of `count` parts, scaled so that the loudest of all is 1. */
export function peaks(samples: Float32Array, count: number): number[] {
  const result: number[] = [];
  for (let part = 0; part < count; part += 1) {
    const begin = Math.floor((part * samples.length) / count);
    const end = Math.max(begin + 1, Math.floor(((part + 1) * samples.length) / count));
    let peak = 0;
    for (let i = begin; i < end && i < samples.length; i += 1) {
      peak = Math.max(peak, Math.abs(samples[i] ?? 0));
    }
    result.push(peak);
  }
  const loudest = Math.max(...result, 1e-4);
  return result.map((peak) => peak / loudest);
}

const largestFile = 96 << 20;

/** The waveform of a recording, or null where the browser cannot decode it. */
export async function waveformOf(url: string, count: number): Promise<number[] | null> {
  try {
    const response = await fetch(url);
    const size = Number(response.headers.get('Content-Length'));
    if (!response.ok || size > largestFile) return null;
    // Low enough to be quick, high enough for a voice.
    const context = new OfflineAudioContext(1, 1, 8000);
    const audio = await context.decodeAudioData(await response.arrayBuffer());
    return peaks(audio.getChannelData(0), count);
  } catch {
    return null;
  }
}
