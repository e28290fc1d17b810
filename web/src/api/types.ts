/** Shapes of the HTTP API, as docs/api.md and /openapi.json describe them. Times are Unix seconds. */

export type Point = [number, number];
export type Size = [number, number];
/** x, y, width, height in pixels of the photo. */
export type Box = [number, number, number, number];

export interface SystemInfo {
  cuda_available: boolean;
  gpu_name: string | null;
  /** GB. */
  gpu_memory_total: number | null;
  gpu_memory_available: number | null;
  model_loaded: boolean;
  avatar_enabled: boolean;
  is_generating: boolean;
  busy_message: string | null;
  engines: string[];
  queue_length: number;
  version: string;
}

export interface PhotoVerdict {
  valid: boolean;
  message: string;
  face_count: number;
  face_bbox: Box;
  face_outline?: Point[];
  image_size: Size;
  notices: string[];
}

export interface UploadedPhoto {
  photo_id: string;
  photo_url: string;
  validation: PhotoVerdict;
}

export interface StoredPhoto {
  photo_id: string;
  photo_url: string;
  created: number;
  /** Null where the service did not keep them. */
  image_size: Size | null;
  face_bbox: Box | null;
}

export interface Voice {
  audio_id: string;
  audio_path: string;
  audio_url: string;
  name: string;
  /** Seconds. */
  duration: number;
  sample_rate: number;
  channels: number;
}

/** Values of controls by their name, and `engine`. */
export type Settings = Record<string, number | string>;

export interface GenerateRequest extends Record<string, unknown> {
  photo_id: string;
  audio_path: string;
}

export interface Estimate {
  valid: boolean;
  engine: string;
  audio_duration: number;
  estimated_seconds: number | null;
  notices: string[];
}

export type Status = 'pending' | 'processing' | 'completed' | 'failed';

export interface SlideStatus {
  number: number;
  status: Status;
  error?: string | null;
}

export interface Chapter {
  title: string;
  /** Seconds. */
  start: number;
}

export interface Job {
  job_id: string;
  status: Status;
  /** 0 to 100; never goes back. */
  progress: number;
  message: string;
  video_url: string | null;
  error: string | null;
  error_code?: string | null;
  /** Seconds that the work took. */
  duration: number | null;
  cancelled: boolean;
  stage?: string | null;
  seconds_left?: number | null;
  kind?: 'avatar' | 'presentation';
  engine?: string | null;
  created?: number;
  started?: number | null;
  finished?: number | null;
  photo_id?: string | null;
  photo_url?: string | null;
  audio_path?: string | null;
  audio_name?: string | null;
  title?: string | null;
  settings?: Settings;
  queue_position?: number | null;
  preview_url?: string | null;
  judge?: Judgement | null;
  video_duration?: number | null;
  slides?: SlideStatus[];
  subtitles_url?: string | null;
  vtt_url?: string | null;
  chapters?: Chapter[];
}

/** What `ditto-avatar judge` measured. */
export type Judgement = Record<string, unknown>;

export interface JobList {
  jobs: Job[];
  total: number;
  limit: number;
  offset: number;
}

export interface Control {
  name: string;
  default: number | string;
  minimum: number;
  maximum: number;
  unit: string;
  description: string;
}

export interface EngineChoice {
  name: string;
  available: boolean;
  reason: string | null;
  speed?: number | string | null;
}

export interface Preset {
  name: string;
  label: string;
  description: string;
  settings: Settings;
}

export interface Options {
  controls: Control[];
  emotions: { id: number; name: string; label: string }[];
  engines: EngineChoice[];
  presets: Preset[];
}

export interface SpeechVoices {
  available: boolean;
  reason?: string | null;
  voices: { id: string; name: string; language: string }[];
}

export interface Slide {
  number: number;
  image_url: string;
  width: number;
  height: number;
  notes: string;
}

export interface Deck {
  deck_id: string;
  title: string;
  slides: Slide[];
}

export type PlacementMode = 'corner' | 'split' | 'full' | 'hidden';
export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

export interface Placement {
  mode: PlacementMode;
  corner: Corner;
  /** Of the slide's width, 0.15 to 0.5. */
  size: number;
  shape: 'rectangle' | 'rounded' | 'circle';
  background: 'kept' | 'removed';
}

export interface SlideRequest {
  number: number;
  script: string;
  audio_path: string | null;
  voice: string | null;
}

export interface ModelFile {
  path: string;
  bytes: number;
  state: string;
  licence?: string;
  role?: string;
}

export interface ModelSet {
  name: string;
  label?: string;
  description?: string;
  bytes?: number;
  missing_bytes?: number;
  complete?: boolean;
}

export interface Download {
  status: string;
  set?: string;
  path?: string | null;
  bytes_done?: number;
  bytes_total?: number;
  error?: string | null;
}

export interface Models {
  files: ModelFile[];
  sets: (ModelSet | string)[];
  download: Download | null;
}

export interface Disk {
  uploads: number;
  outputs: number;
  models: number;
  free: number;
}
