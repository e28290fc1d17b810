// What @met4citizen/headaudio makes of recordings, to compare with:
//   node headaudio.mjs PACKAGE_FOLDER CLIPS.json SAMPLES.i16 OUT.u8
// CLIPS.json: [[first sample, one past the last], ...] of the 16 kHz samples. OUT: 15 viseme values
// (0..255, in the package's order) each 20 ms, clip after clip. Its own animation (a viseme eases in
// and out within 100 ms) is stepped as its page would; a viseme counts from the time of its event.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [folder, clipsPath, samplesPath, outPath] = process.argv.slice(2);
const modules = pathToFileURL(join(folder, "modules/"));
const { Processor } = await import(new URL("processor.mjs", modules));
const { Training } = await import(new URL("training.mjs", modules));
const params = await import(new URL("parameters.mjs", modules));

const bytes = readFileSync(join(folder, "dist/model-en-mixed.bin"));
const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const training = new Training();
const model = [];
for (let at = 0; at + params.RECORD_LEN <= floats.length; at += params.RECORD_LEN)
  model.push(training.decodeBinaryRecord(floats.subarray(at, at + params.RECORD_LEN)));

const clips = JSON.parse(readFileSync(clipsPath, "utf8"));
const raw = readFileSync(samplesPath);
const samples = new Int16Array(raw.buffer, raw.byteOffset, raw.length / 2);

const STEP = 320;
const ease = (t) => {
  const base = (x) => 1 / (1 + Math.exp(-5 * x)) - 0.5;
  return (0.5 / base(1)) * base(2 * t - 1) + 0.5;
};

const rows = [];
for (const [first, end] of clips) {
  const events = []; // [seconds, viseme or -1]
  const port = {
    onmessage: null,
    postMessage(message) {
      if (message.event === "viseme" && message.viseme !== null)
        events.push([message.t, message.viseme === params.MODEL_VISEME_SIL ? -1 : message.viseme]);
      if (message.event === "ended") events.push([message.t, -1]);
    },
  };
  const processor = new Processor({ sampleRate: params.AUDIO_SAMPLE_RATE }, { port });
  processor._onmessage({ data: { event: "model", model } });
  const clip = Float32Array.from(samples.subarray(first, end), (v) => v / 32768);
  for (let at = 0; at < clip.length; at += 128) processor.process(clip.subarray(at, at + 128));
  const alphas = new Float32Array(params.MODEL_VISEMES_N);
  let active = -1;
  let next = 0;
  for (let at = 0; at + STEP <= clip.length; at += STEP) {
    const now = (at + STEP / 2) / params.AUDIO_SAMPLE_RATE;
    while (next < events.length && events[next][0] <= now) active = events[next++][1];
    alphas.forEach((a, i) => {
      alphas[i] = i === active ? Math.min(1, a + 0.2) : Math.max(0, a - 0.2);
    });
    rows.push(Uint8Array.from(alphas, (a) => Math.round(255 * ease(a))));
  }
}
writeFileSync(outPath, Buffer.concat(rows));
