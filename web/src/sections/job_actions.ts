import type { Job } from '../api/types';
import { useT } from '../i18n';
import { client, sentence } from '../state/client';
import { useDraft } from '../state/draft';
import { useJobs } from '../state/jobs';
import { useToast } from '../state/toasts';
import { go } from '../router';

/** Fields of a job's settings that belong to one video, not to how videos are made. */
const onceOnly = ['preview_duration', 'webhook', 'photo_id', 'audio_path'];

export function useJobActions() {
  const t = useT();
  const toast = useToast();
  const { reload, forget } = useJobs();
  const { change } = useDraft();

  const remove = async (job: Job, drop: boolean): Promise<boolean> => {
    try {
      await client.deleteJob(job.job_id);
      if (drop) forget(job.job_id);
      await reload();
      return true;
    } catch (error) {
      toast('problem', sentence(error));
      return false;
    }
  };

  return {
    cancel: (job: Job) => remove(job, false),
    remove: (job: Job) => remove(job, true),
    /** Takes the job's photo, voice and settings into the draft, to change them there. */
    again: (job: Job) => {
      const settings = Object.fromEntries(
        Object.entries(job.settings ?? {}).filter(([name]) => !onceOnly.includes(name)),
      );
      const { photo_id, photo_url, audio_path } = job;
      change({
        settings,
        ...(photo_id && photo_url && { photo: { photo_id, photo_url, verdict: null } }),
        ...(audio_path && {
          voices: [
            {
              audio_id: audio_path,
              audio_path,
              audio_url: audio_path.replace(/^\.?\/?/, '/'),
              name: job.audio_name ?? audio_path.split('/').pop() ?? '',
              duration: job.video_duration ?? 0,
              sample_rate: 0,
              channels: 1,
            },
          ],
        }),
      });
      go({ page: 'create' });
    },
    share: async (job: Job) => {
      const url = new URL(job.video_url ?? '', location.href).href;
      try {
        if (navigator.share && matchMedia('(pointer: coarse)').matches) {
          await navigator.share({ url, title: jobTitle(job, t('job.untitled')) });
        } else {
          await navigator.clipboard.writeText(url);
          toast('done', t('result.link.copied'));
        }
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'AbortError')) {
          toast('problem', t('result.link.failed', { url }));
        }
      }
    },
  };
}

export function jobTitle(job: Job, untitled: string): string {
  return job.title || job.audio_name?.replace(/\.[^.]+$/, '') || untitled;
}

/** A name to save the video under. */
export function fileName(job: Job, ending: string): string {
  const base = jobTitle(job, 'ditto-avatar').replace(/[\\/:*?"<>|]+/g, '_');
  return `${base}.${ending}`;
}
